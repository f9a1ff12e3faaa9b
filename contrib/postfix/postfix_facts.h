#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "config/diagnostic.h"
#include "contrib/postfix/applied_record.h"
#include "contrib/postfix/master_entry.h"
#include "contrib/postfix/postfix_version.h"

namespace portcullis {

// What an instance of Postfix is now, as far as it matters to what is generated for it.
struct PostfixFacts {
  PostfixVersion version{3, 7};
  std::string config_directory = "/etc/postfix";
  std::string queue_directory = "/var/spool/postfix";
  int compatibility_level = 3;
  std::vector<MasterEntry> services;
  std::map<std::string, std::string, std::less<>> settings;  // those that main.cf has, unexpanded
  std::string relay_domains;  // what it is without being set, if that is anything
  // With what they name, set or not: what decides whether milters are asked, and which domains
  // Postfix takes for its own.
  std::map<std::string, std::string, std::less<>> expanded;
  AppliedRecord applied;
  bool ipv6_loopback = true;  // whether this host has ::1

  // What main.cf says; `otherwise` if it says nothing.
  std::string setting(std::string_view name, std::string_view otherwise = {}) const;
  // Of `expanded`; empty if it is not there.
  std::string value(std::string_view name) const;
  bool has_service(std::string_view name) const;
  bool is_chrooted(const MasterEntry& entry) const;
};

// Postfix as the Debian package installs it, for a machine elsewhere.
PostfixFacts debian_postfix();

// Asks postconf(1) about the instance configured in `directory`, an absolute path with a main.cf.
// `version`: instead of asking for it. Takes some 50 ms.
tl::expected<PostfixFacts, Diagnostics> read_postfix_facts(
    const std::string& directory, const std::optional<PostfixVersion>& version);

}  // namespace portcullis
