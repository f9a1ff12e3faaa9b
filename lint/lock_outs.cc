// Whether this host, its networks and its gateway may connect.

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <ranges>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "policy/entry_table.h"

#include "lint/questions.h"
#include "lint/written_entry.h"

namespace portcullis {
namespace {

// An address that somebody would miss, and whose it is.
struct Neighbour {
  IpAddress address;
  std::string whose;
  bool loopback = false;
};

IpPrefix prefix(const char* address, unsigned length) {
  return {*IpAddress::parse(address), length};
}

bool is_loopback(IpAddress address) {
  return prefix("127.0.0.0", 8).contains(address) || prefix("::1", 128).contains(address);
}

bool is_link_local(IpAddress address) {
  return prefix("169.254.0.0", 16).contains(address) || prefix("fe80::", 10).contains(address);
}

// RFC 1918, RFC 6598, RFC 4193: whoever has such a network has all of it.
bool is_private(IpAddress address) {
  return prefix("10.0.0.0", 8).contains(address) || prefix("172.16.0.0", 12).contains(address) ||
         prefix("192.168.0.0", 16).contains(address) ||
         prefix("100.64.0.0", 10).contains(address) || prefix("fc00::", 7).contains(address);
}

std::vector<Neighbour> loopback() {
  return {{*IpAddress::parse("127.0.0.1"), "loopback", true},
          {*IpAddress::parse("::1"), "loopback", true}};
}

// Link-local addresses are nobody's to connect from on purpose.
template <typename Visitor>
void for_each_interface(const HostAddresses& host, Visitor&& visit) {
  for (const InterfaceAddress& i : host.interfaces) {
    if (!is_loopback(i.address) && !is_link_local(i.address)) visit(i);
  }
}

class LockOuts {
 public:
  LockOuts(const LintInput& input, Diagnostics& found)
      : input_(input), policy_(*input.loaded.policy), found_(found) {
    for_each_interface(input.host, [&](const InterfaceAddress& i) {
      neighbours_.push_back({i.address, fmt::format("this host's address on {}", i.interface)});
    });
    for (const IpAddress& gateway : input.host.gateways) {
      if (!is_link_local(gateway)) neighbours_.push_back({gateway, "the gateway"});
    }
    for (Neighbour& n : loopback()) neighbours_.push_back(std::move(n));
  }

  void find() {
    for (std::size_t l = 0; l < policy_.listeners().size(); ++l) {
      const auto listener = static_cast<ListenerIndex>(l);
      find_denying_entries(listener);
      if (policy_.listener(listener).default_action == ListenerDefault::deny) {
        find_left_out(listener, input_.loaded.listeners[l]);
      }
    }
    for (const auto& [entry, denied] : denied_) report(entry, denied);
  }

 private:
  Verdict ask(ListenerIndex listener, IpAddress address) const {
    return policy_.evaluate_connect(listener, {address, {}}, input_.now);
  }

  // To an address of its own the host connects from that address, to loopback from loopback.
  static bool may_come(const Listener& listener, bool from_loopback) {
    switch (listener.addresses.kind) {
      case ListenAddresses::Kind::all:
        return true;
      case ListenAddresses::Kind::loopback:
        return from_loopback;
      case ListenAddresses::Kind::chosen:
        return std::ranges::any_of(listener.addresses.chosen, [&](const IpAddress& a) {
          return is_loopback(a) == from_loopback;
        });
    }
    return true;
  }

  void find_denying_entries(ListenerIndex listener) {
    for (const Neighbour& n : neighbours_) {
      if (!may_come(policy_.listener(listener), n.loopback)) continue;
      const Verdict verdict = ask(listener, n.address);
      if (verdict.decided_by != DecidedBy::deny || !verdict.entry) continue;
      std::string text = fmt::format("{} ({})", n.address.to_string(), n.whose);
      auto& denied = denied_[*verdict.entry];
      if (std::ranges::find(denied, text) == denied.end()) denied.push_back(std::move(text));
    }
  }

  void report(EntryIndex index, const std::vector<std::string>& denied) {
    const EntryDescription entry = policy_.describe(index);
    found_.warning(std::string(entry.file), entry.line, entry.text,
                   fmt::format("denies {}", fmt::join(denied, ", ")),
                   "list what must connect in a class with action = permit or exempt",
                   "denies-own-host");
  }

  bool left_out(ListenerIndex listener, IpAddress address) const {
    const Verdict verdict = ask(listener, address);
    return verdict.decided_by == DecidedBy::listener_default &&
           verdict.disposition != Disposition::proceed;
  }

  // The addresses of a network at which the verdict may change: its first, where an entry starts,
  // and behind the last address of an entry. Between two of them it is the same for all.
  template <typename Bits, typename Visitor>
  static void for_each_change(const NetworkEntries<Bits>& entries, const IpPrefix& network,
                              Visitor&& visit) {
    constexpr unsigned kUnused = 8 * (sizeof(AddressBits) - sizeof(Bits));
    const auto first = network.leading_bits<Bits>();
    const auto last = static_cast<Bits>(network.last().bits() >> kUnused);
    const auto visit_bits = [&](Bits bits) {
      visit(IpAddress::from_bits(static_cast<AddressBits>(bits) << kUnused, network.family()));
    };
    visit_bits(first);
    const auto all = std::views::iota(std::uint32_t{0}, static_cast<std::uint32_t>(entries.size()));
    const auto starts_before = [&](std::uint32_t e) { return entries.first(e) < first; };
    for (auto e = std::ranges::partition_point(all, starts_before); e != all.end(); ++e) {
      if (entries.first(*e) > last) break;
      visit_bits(entries.first(*e));
      if (entries.last(*e) < last) visit_bits(static_cast<Bits>(entries.last(*e) + 1));
    }
  }

  // What is left out of a network: "10.0.0.0/24" for all of it, "10.0.0.64 of 10.0.0.0/24" for the
  // first address of a part; empty for nothing.
  std::string left_out_part(ListenerIndex listener, const IpPrefix& network) const {
    std::optional<IpAddress> hole;
    bool all = true;
    const auto look = [&](IpAddress address) {
      const bool out = left_out(listener, address);
      all &= out;
      if (out && (!hole || address < *hole)) hole = address;
    };
    const EntryTable& entries = policy_.entries();
    if (network.family() == AddressFamily::ipv4) {
      for_each_change(entries.ipv4, network, look);
    } else {
      for_each_change(entries.ipv6, network, look);
    }
    if (!hole) return {};
    return all ? network.to_string()
               : fmt::format("{} of {}", hole->to_string(), network.to_string());
  }

  // The same of what an interface is in: of a public network only the host's own address is asked
  // for.
  std::string left_out_part(ListenerIndex listener, const InterfaceAddress& i) const {
    if (is_private(i.address)) return left_out_part(listener, i.network);
    return left_out(listener, i.address) ? i.address.to_string() : std::string();
  }

  void find_left_out(ListenerIndex listener, const SectionPlace& place) {
    const Listener& where = policy_.listener(listener);
    std::vector<std::string> missing;
    for (const Neighbour& n : loopback()) {
      if (may_come(where, true) && left_out(listener, n.address)) {
        missing.push_back(fmt::format("{} (loopback)", n.address.to_string()));
      }
    }
    if (may_come(where, false)) {
      for_each_interface(input_.host, [&](const InterfaceAddress& i) {
        const std::string part = left_out_part(listener, i);
        if (!part.empty()) missing.push_back(fmt::format("{} ({})", part, i.interface));
      });
    }
    if (missing.empty()) return;
    found_.warning(input_.path, place.line_of("default"), "default = deny",
                   fmt::format("of [listener {}] leaves out this host: {}", where.name,
                               fmt::join(missing, ", ")),
                   "list them in a class with action = permit or exempt, unless they never send",
                   "leaves-out-own-host");
  }

  const LintInput& input_;
  const Policy& policy_;
  Diagnostics& found_;
  std::vector<Neighbour> neighbours_;
  std::map<EntryIndex, std::vector<std::string>> denied_;
};

}  // namespace

void find_lock_outs(const LintInput& input, Diagnostics& found) {
  LockOuts(input, found).find();
}

}  // namespace portcullis
