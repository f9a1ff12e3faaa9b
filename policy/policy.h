#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "policy/client_class.h"
#include "policy/ip_address.h"
#include "policy/ip_prefix.h"
#include "policy/listener.h"
#include "policy/network_entries.h"
#include "policy/prefix_table.h"
#include "policy/verdict.h"

namespace portcullis {

class EntryTable;

// The client as the MTA tells of it.
struct Client {
  std::optional<IpAddress> address;  // empty: local submission, a Unix peer
  // The host name that the MTA has verified (the name of the address leads back to the address),
  // or empty. Never what the client says of itself.
  std::string_view verified_name;
};

// What an entry names: a network, a range or a host name ("mx.example.com", ".example.com"). With
// the name of its class this is what makes it the same entry in another policy, wherever it stands.
using EntrySubject = std::variant<IpPrefix, AddressRange, std::string>;

// One entry of the policy as people know it.
struct EntryDescription {
  std::string text;  // canonical: "192.0.2.0/24", "192.0.2.1-192.0.2.9", ".spam.example"
  std::string_view file;
  std::uint32_t line = 0;
  ClassIndex client_class{};
  std::optional<Time> expires;
  std::optional<IpPrefix> network;  // of an address entry; of a range the part that is meant
};

// Policy decides what a client gets. It is compiled by PolicyBuilder and immutable: any number of
// threads may ask it at once. Time and addresses are parameters; it reads no clock and does no I/O.
class Policy {
 public:
  ~Policy();
  Policy(const Policy&) = delete;
  Policy& operator=(const Policy&) = delete;

  const std::vector<Listener>& listeners() const { return listeners_; }
  const std::vector<ClientClass>& classes() const { return classes_; }
  const Listener& listener(ListenerIndex i) const {
    return listeners_[static_cast<std::size_t>(i)];
  }
  const ClientClass& client_class(ClassIndex i) const {
    return classes_[static_cast<std::size_t>(i)];
  }

  // The verdict at CONNECT by address, host name and listener default: steps 1 to 5 of the
  // evaluation order. Does not allocate, lock or throw. Cost: one longest-prefix match, plus a
  // search of the entries when one of them matches.
  Verdict evaluate_connect(ListenerIndex listener, const Client& client, Time now) const noexcept;

  // Every unexpired entry that covers the client on this listener, by address from the longest
  // prefix to the shortest, or by name if no address entry does. The deciding one is among them.
  std::vector<EntryIndex> matching_entries(ListenerIndex listener, const Client& client,
                                           Time now) const;

  // Every entry that covers the client, also those that have expired or whose class is not in force
  // on the listener: by address from the longest prefix to the shortest, then by name in the same
  // manner; of one prefix or name the strongest first.
  std::vector<EntryIndex> covering_entries(const Client& client) const;

  EntryDescription describe(EntryIndex entry) const;

  // All entries, for those who look at the policy as a whole (entry_table.h).
  const EntryTable& entries() const { return *entries_; }

  // Every EntryIndex lies below this. A range is held in parts, each with an index of its own.
  std::size_t index_count() const;
  ClassIndex class_of(EntryIndex entry) const noexcept;
  EntrySubject subject_of(EntryIndex entry) const;

  // The entry of this class that names this, or nothing. Of a range it is the first part. Cost: a
  // search; for a range, one for each part until one is found.
  std::optional<EntryIndex> find_entry(ClassIndex client_class, const EntrySubject& subject) const;

  // Entries of the whole policy, and of one class. A range is one entry.
  std::size_t entry_count() const;
  std::size_t entry_count(ClassIndex client_class) const;

  // True if some client may have to be answered at HELO, or at MAIL without one.
  bool answers_at_helo() const { return answers_at_helo_; }

  // Bytes held by the compiled tables.
  std::size_t memory_bytes() const;

 private:
  friend class PolicyBuilder;
  Policy();

  // What is in force on a listener. Listeners with the same classes share one table.
  struct InForce {
    std::vector<bool> classes;  // by ClassIndex
    std::shared_ptr<const PrefixTable> networks;
  };

  template <typename Visitor>
  void for_each_in_force(ListenerIndex listener, const Client& client, Time now,
                         Visitor&& visit) const noexcept;
  bool decide_by_entry(Verdict& verdict, const Client& client, Time now) const noexcept;
  void apply_class(Verdict& verdict) const noexcept;
  void apply_default(Verdict& verdict, const Client& client) const noexcept;

  std::vector<Listener> listeners_;
  std::vector<ClientClass> classes_;
  std::unique_ptr<EntryTable> entries_;
  std::vector<InForce> in_force_;  // by ListenerIndex
  bool answers_at_helo_ = false;
};

}  // namespace portcullis
