// Whether the entries of a class, taken together, are everyone.

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "lint/questions.h"

namespace portcullis {
namespace {

// What clients can come from: 0.0.0.0 to 223.255.255.255 (RFC 1112), 2000::/3 (RFC 4291).
struct Unicast {
  AddressBits first;
  AddressBits last;
};
constexpr Unicast kIpv4 = {0, 0xdfff'ffff};
constexpr AddressBits kOne = 1;
constexpr Unicast kIpv6 = {kOne << 125, (kOne << 126) - 1};

class Coverage {
 public:
  Coverage(const Policy& policy, Time now) : policy_(policy), now_(now) {}

  // How many of the addresses the entries in force of each class hold, by ClassIndex.
  template <typename Bits>
  std::vector<AddressBits> count(const NetworkEntries<Bits>& table, const Unicast& all) const {
    std::vector<AddressBits> counts(policy_.classes().size());
    for (std::uint32_t i = 0; i < table.size(); ++i) {
      if (expired(table, i) || is_inside_own(table, i)) continue;
      const AddressBits first = table.first(i);
      const AddressBits last = first + ((kOne << (table.kWidth - table.length(i))) - 1);
      if (first > all.last || last < all.first) continue;
      counts[class_of(table, i)] += std::min(last, all.last) - std::max(first, all.first) + 1;
    }
    return counts;
  }

 private:
  template <typename Bits>
  std::size_t class_of(const NetworkEntries<Bits>& table, std::uint32_t i) const {
    const auto source = static_cast<std::size_t>(table.origin(i).source);
    return static_cast<std::size_t>(policy_.entries().sources[source].client_class);
  }

  template <typename Bits>
  bool expired(const NetworkEntries<Bits>& table, std::uint32_t i) const {
    const EntryDetail* const detail = table.detail(i);
    return detail != nullptr && detail->expires && *detail->expires <= now_;
  }

  // True if an entry of the same class lies around it, which is counted already.
  template <typename Bits>
  bool is_inside_own(const NetworkEntries<Bits>& table, std::uint32_t i) const {
    for (std::uint32_t o = table.outer(i); o != table.kNone; o = table.outer(o)) {
      if (class_of(table, o) == class_of(table, i) && !expired(table, o)) return true;
    }
    return false;
  }

  const Policy& policy_;
  Time now_;
};

}  // namespace

void find_everyone_entries(const LintInput& input, Diagnostics& found) {
  const Policy& policy = *input.loaded.policy;
  const Coverage coverage(policy, input.now);
  const auto ipv4 = coverage.count(policy.entries().ipv4, kIpv4);
  const auto ipv6 = coverage.count(policy.entries().ipv6, kIpv6);
  for (std::size_t c = 0; c < policy.classes().size(); ++c) {
    const bool every_ipv4 = ipv4[c] == kIpv4.last - kIpv4.first + 1;
    const bool every_ipv6 = ipv6[c] == kIpv6.last - kIpv6.first + 1;
    if (!every_ipv4 && !every_ipv6) continue;
    found.warning(input.path, input.loaded.classes[c].line_of("clients"),
                  fmt::format("[class {}]", policy.classes()[c].name),
                  fmt::format("lists every {} address", !every_ipv6   ? "IPv4"
                                                        : !every_ipv4 ? "IPv6"
                                                                      : "IPv4 and IPv6"),
                  "set default = accept or default = deny of the listener instead",
                  "everyone-listed");
  }
}

}  // namespace portcullis
