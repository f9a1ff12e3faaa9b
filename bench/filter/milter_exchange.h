#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "bench/filter/client_addresses.h"
#include "bench/filter/latencies.h"
#include "bench/filter/load_loop.h"

namespace portcullis::bench {

// What the sessions of one run share. For one thread.
struct MilterLoad {
  std::string socket_path;
  std::vector<LoadClient> clients;
  bool expects_rejects = false;  // listed clients must be rejected; otherwise nobody
  std::size_t next_client = 0;
  std::uint64_t continued = 0;
  std::uint64_t rejected = 0;
  std::uint64_t heard_helo = 0;
  Latencies connect{};  // from the CONNECT command to its answer
  Latencies session{};  // from connect(2) to the end
};

// MilterExchange is one milter session after another, as Postfix 3.7 has them: negotiation (version
// 6), macros and CONNECT, HELO unless the filter does not want it, QUIT. Each answer is checked; a
// session that ends otherwise than it should has failed.
class MilterExchange : public Exchange {
 public:
  enum class Length { whole, held };

  // With Length::held a session is `done` when the client has been let in, and stays open until the
  // next open() or the destructor. Listed clients are passed over.
  explicit MilterExchange(MilterLoad& load, Length length = Length::whole)
      : load_(load), length_(length) {}
  ~MilterExchange() override;

  std::optional<int> open() override;
  State advance() override;
  std::string failure() const override { return failure_; }

  // False if the filter has hung up, or said something, to a session that is held.
  bool still_held() const;

 private:
  enum class Step { negotiate, connect, helo };

  State take(char command, std::string_view data);
  State on_negotiated(std::string_view data);
  State on_answer(char command, std::string_view data);
  State end(bool rejected);
  State fail(const std::string& reason);
  bool send(std::string_view bytes);
  void close(bool politely);
  std::string connect_command(std::string_view wanted_macros) const;

  MilterLoad& load_;
  const Length length_;
  int socket_ = -1;
  Step step_ = Step::negotiate;
  bool sends_helo_ = true;
  bool waits_ = false;  // for room in the socket's queue: the session has begun all the same
  LoadClient client_;
  Clock::time_point opened_;
  Clock::time_point asked_;
  std::string received_;
  std::string failure_;
};

}  // namespace portcullis::bench
