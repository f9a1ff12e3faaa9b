#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policy/host_name_table.h"
#include "policy/ip_address.h"
#include "policy/network_entries.h"
#include "policy/policy.h"
#include "policy/verdict.h"

namespace portcullis {

// EntryTable holds every entry of a policy, whatever its class or listener: networks of both
// families and host names, under one numbering. Immutable once built.
class EntryTable {
 public:
  struct Source {
    ClassIndex client_class{};
    std::string file;
    std::size_t entries = 0;  // lines' entries; a range is one
  };

  // An entry whose class says the same again, in whatever spelling, in another place.
  struct Repeated {
    EntryIndex kept{};
    EntryOrigin origin;
    EntryDetail detail;
  };

  std::vector<Source> sources;
  NetworkEntries<std::uint32_t> ipv4;
  NetworkEntries<AddressBits> ipv6;
  HostNameTable names;
  // Empty unless PolicyBuilder was told to keep them. They decide nothing.
  std::vector<Repeated> repeated;

  std::size_t size() const { return ipv4.size() + ipv6.size() + names.size(); }
  std::size_t memory_bytes() const;

  ClassIndex class_of(EntryIndex entry) const noexcept;
  bool is_name(EntryIndex entry) const noexcept {
    return static_cast<std::size_t>(entry) >= ipv4.size() + ipv6.size();
  }
  EntryOrigin origin(EntryIndex entry) const noexcept;
  std::optional<Time> expires(EntryIndex entry) const noexcept;
  EntryDescription describe(EntryIndex entry) const;
  EntrySubject subject_of(EntryIndex entry) const;
  // As Policy::find_entry().
  std::optional<EntryIndex> find(ClassIndex client_class, const EntrySubject& subject) const;

  // Calls visit(EntryIndex) for every entry that covers the address, from the longest prefix to the
  // shortest; of one prefix the strongest first. Does not allocate.
  template <typename Visitor>
  void for_each_covering(IpAddress address, Visitor&& visit) const noexcept {
    if (address.is_ipv4()) {
      for (auto i = ipv4.innermost(address.ipv4_value()); i != ipv4.kNone; i = ipv4.outer(i)) {
        visit(static_cast<EntryIndex>(i));
      }
    } else {
      for (auto i = ipv6.innermost(address.bits()); i != ipv6.kNone; i = ipv6.outer(i)) {
        visit(static_cast<EntryIndex>(i + ipv4.size()));
      }
    }
  }

  // The same for the entries that hold a host name.
  template <typename Visitor>
  void for_each_naming(std::string_view name, Visitor&& visit) const noexcept {
    names.for_each_matching(name, [&](std::uint32_t i) {
      visit(static_cast<EntryIndex>(i + ipv4.size() + ipv6.size()));
    });
  }

 private:
  // Calls the member of the table that holds the entry, with its number there.
  template <typename Network, typename Name>
  auto dispatch(EntryIndex entry, Network&& network, Name&& name) const {
    auto i = static_cast<std::size_t>(entry);
    if (i < ipv4.size()) return network(ipv4, static_cast<std::uint32_t>(i));
    i -= ipv4.size();
    if (i < ipv6.size()) return network(ipv6, static_cast<std::uint32_t>(i));
    return name(names, static_cast<std::uint32_t>(i - ipv6.size()));
  }

  // The entry of this class that lies at `network` and has this subject.
  std::optional<EntryIndex> find_at(const IpPrefix& network, ClassIndex client_class,
                                    const EntrySubject& subject) const;
};

}  // namespace portcullis
