#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "policy/guarded.h"
#include "policy/ip_prefix.h"

namespace portcullis {

// A listener or a class as the connection table knows it: a small number that stands for the name
// for as long as the table lives, so that counts outlast a reload of the policy.
enum class ListenerGauge : std::uint32_t {};
enum class ClassGauge : std::uint32_t {};

// Which limit a connection would exceed, in the order in which they are checked.
enum class Limit : std::uint8_t { client, client_class, listener, reserved };

// `count` of a listener's connections are kept for a class.
struct Reservation {
  ClassGauge client_class{};
  std::uint32_t count = 0;
};

// One connection that wants to be counted, and the limits that hold for it. An unset limit is
// unlimited.
struct ConnectionClaim {
  ListenerGauge listener{};
  std::optional<ClassGauge> client_class;
  IpPrefix client_network;
  std::optional<std::uint32_t> max_per_client;
  std::optional<std::uint32_t> max_per_class;
  std::optional<std::uint32_t> max_per_listener;
  // The listener's reservations, those of the claim's own class included. Only looked at when
  // max_per_listener is set.
  std::span<const Reservation> reservations;
  // Observe: count the connection even beyond a limit, and say which.
  bool observe = false;
};

// ConnectionTable counts the connections that are open now: per listener, per class over all its
// listeners, and per client network on a listener. A count is a Lease: taken whole or not at all,
// given back by the lease's destructor, so it can neither leak nor fall below zero.
//
// Thread safety: any member may be called from any thread. Client networks are spread over shards
// with a lock each; listeners and classes share one lock, held for a few comparisons. A shard's
// lock is always taken before the gauges' lock. Memory: an entry per client network that holds a
// connection now, none for those that have left, and one gauge per listener or class name ever
// seen. Lifetime: the table must outlive its leases.
class ConnectionTable {
 public:
  class Lease;
  struct Grant;

  struct Gauge {
    std::string name;
    std::uint32_t connections = 0;
  };
  struct Totals {
    std::uint64_t connections = 0;  // leases alive: the sum over the listeners
    std::vector<Gauge> listeners;
    std::vector<Gauge> classes;
  };

  // `seed` keys the hash of client networks, so that no client can choose colliding addresses.
  explicit ConnectionTable(std::uint64_t seed) : seed_(seed) {}
  ConnectionTable(const ConnectionTable&) = delete;
  ConnectionTable& operator=(const ConnectionTable&) = delete;

  // The gauge of this name, made at the first call. O(log names).
  ListenerGauge listener_gauge(std::string_view name);
  ClassGauge class_gauge(std::string_view name);

  // Counts the connection if it stays within every limit, or whatever it exceeds if it is observed.
  // Amortised O(1 + reservations). May throw std::bad_alloc; then nothing is counted.
  [[nodiscard]] Grant acquire(const ConnectionClaim& claim);

  // Connections that this client network holds on the listener now.
  std::uint32_t client_connections(ListenerGauge listener, const IpPrefix& client_network);

  // Client networks that hold a connection now. O(shards).
  std::size_t client_networks();

  // All gauges at one moment.
  Totals totals();

 private:
  struct ClientKey {
    std::uint64_t hash = 0;  // keyed by seed_: nobody outside can tell which networks collide
    ListenerGauge listener{};
    IpPrefix network;
    friend bool operator==(const ClientKey&, const ClientKey&) = default;
  };
  struct ClientHash {
    std::size_t operator()(const ClientKey& key) const noexcept { return key.hash; }
  };
  // Invariant: no entry has a count of zero. So an entry stays where it is while a lease counts.
  using ClientCounts = std::unordered_map<ClientKey, std::uint32_t, ClientHash>;
  using ClientCount = ClientCounts::value_type;

  struct ListenerCount {
    std::uint32_t connections = 0;
    std::vector<std::uint32_t> by_class;  // by ClassGauge; shorter than the classes until needed
  };
  struct Gauges {
    std::map<std::string, ListenerGauge, std::less<>> listener_names;
    std::map<std::string, ClassGauge, std::less<>> class_names;
    std::vector<ListenerCount> listeners;
    std::vector<std::uint32_t> classes;
  };

  struct alignas(64) Shard {
    Guarded<ClientCounts> counts;
  };

  ClientKey client_key(ListenerGauge listener, const IpPrefix& network) const;
  Guarded<ClientCounts>& shard_of(const ClientKey& key);
  static std::optional<Limit> exceeded_gauge(const Gauges& gauges, const ConnectionClaim& claim);
  void release(ClientCount& client, std::optional<ClassGauge> client_class) noexcept;

  static constexpr std::size_t kShards = 64;
  std::uint64_t seed_;
  std::array<Shard, kShards> shards_;
  Guarded<Gauges> gauges_;
};

// One counted connection. Moves; gives its count back when destroyed.
class [[nodiscard]] ConnectionTable::Lease {
 public:
  Lease() = default;
  Lease(Lease&& other) noexcept { *this = std::move(other); }
  Lease& operator=(Lease&& other) noexcept;
  ~Lease() { reset(); }

  // Gives the count back now. May be called again.
  void reset() noexcept;
  explicit operator bool() const { return table_ != nullptr; }

 private:
  friend class ConnectionTable;
  Lease(ConnectionTable& table, ClientCount& client, std::optional<ClassGauge> client_class)
      : table_(&table), client_(&client), class_(client_class) {}

  ConnectionTable* table_ = nullptr;
  ClientCount* client_ = nullptr;
  std::optional<ClassGauge> class_;
};

struct ConnectionTable::Grant {
  Lease lease;                    // empty if refused
  std::optional<Limit> exceeded;  // the limit that refused, or would have refused if observed
};

}  // namespace portcullis
