#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "policy/policy.h"

namespace portcullis {

enum class PolicyError : std::uint8_t {
  too_large,         // the compiled tables would need more memory than allowed
  too_many_sources,  // more than 65535
};
std::string_view describe(PolicyError error);

// PolicyBuilder collects what a policy is made of and compiles it. The caller has checked the
// input: names are unique, indexes are those that were given out, replies are valid.
// For one thread. Memory: 16 bytes an IPv4 entry and 28 bytes an IPv6 entry.
class PolicyBuilder {
 public:
  PolicyBuilder();
  ~PolicyBuilder();

  ListenerIndex add_listener(Listener listener);
  // In the order of the file: of two classes that name one prefix, with one action, the first wins.
  ClassIndex add_class(ClientClass client_class);
  SourceIndex add_source(ClassIndex client_class, std::string file);

  // `line` counts from 1.
  void add_network(SourceIndex source, const IpPrefix& network, std::uint32_t line,
                   std::optional<Time> expires);
  // The addresses from `first` to `last`, both included, of one family.
  void add_range(SourceIndex source, IpAddress first, IpAddress last, std::uint32_t line,
                 std::optional<Time> expires);
  // "mx.example.com" is that name alone; ".example.com" is the domain and all below it. Any case.
  void add_host_name(SourceIndex source, std::string_view name, std::uint32_t line,
                     std::optional<Time> expires);

  // Keeps the entries that a class has twice in EntryTable::repeated: for those who look for
  // mistakes. Costs 96 bytes for each of them.
  void keep_repeated() { keep_repeated_ = true; }

  // Compiles. Needs at least one listener. The builder is empty afterwards.
  tl::expected<std::shared_ptr<const Policy>, PolicyError> build();

 private:
  std::uint32_t add_detail(EntryDetail detail);
  void build_entries();
  tl::expected<void, PolicyError> build_tables();

  std::unique_ptr<Policy> policy_;
  std::vector<EntryDetail> details_;
  bool keep_repeated_ = false;
};

}  // namespace portcullis
