#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "policy/ip_address.h"

namespace portcullis {

inline constexpr const char* kProcessLimit = "process_limit";

// One service of master.cf.
struct MasterEntry {
  std::string service;  // "smtp", "127.0.0.1:25"
  std::string type;     // "inet"
  std::string private_field = "n";
  std::string unprivileged = "-";
  std::string chroot = "-";
  std::string wakeup = "-";
  std::string process_limit = "-";
  std::string command = {};                                         // "smtpd"; arguments but no -o
  std::vector<std::pair<std::string, std::string>> overrides = {};  // -o, in order

  std::string name() const { return service + '/' + type; }
  // As `postconf -M` takes and prints it.
  std::string to_line() const;
  std::optional<std::string> find_override(const std::string& name) const;
  // An override, or the field kProcessLimit. Set to nothing, it is as if it had never been said.
  std::optional<std::string> find(const std::string& name) const;
  void set(const std::string& name, const std::optional<std::string>& value);
};

// The services of an instance, from the text of `postconf -F` and `postconf -P`.
std::vector<MasterEntry> parse_master_entries(const std::string& fields,
                                              const std::string& overrides);

// Where a service of type inet listens.
struct ListenPlace {
  std::optional<IpAddress> address;  // nothing: on every address that inet_interfaces names
  std::string host;                  // a name instead of an address; may be empty
  std::uint16_t port = 0;

  bool operator==(const ListenPlace&) const = default;
};

// Nothing if the entry is not of type inet, or its port is no port.
std::optional<ListenPlace> listen_place(const MasterEntry& entry);

// Whether the kernel would refuse one of the two while the other is there.
bool clash(const ListenPlace& a, const ListenPlace& b);

}  // namespace portcullis
