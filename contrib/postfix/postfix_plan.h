#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "config/diagnostic.h"
#include "config/mta_settings.h"
#include "contrib/mta_configuration.h"
#include "contrib/postfix/master_entry.h"
#include "contrib/postfix/postfix_facts.h"

namespace portcullis {

// A setting as it shall be. The value is as main.cf or master.cf have it, quoted.
struct PlannedSetting {
  std::string name;
  std::string value;
  std::uint32_t line = 0;    // of the policy; 0: what holds by default
  std::string element = {};  // the item of a list that is ours; empty: none is
  bool list = false;         // others have items in it as well
};

// A service of type inet as it shall be.
struct PlannedService {
  MasterEntry entry;    // what it is made as, if it is not there yet
  bool exists = false;  // it is there under the name of `entry`
  bool implicit_tls = false;
  std::uint32_t line = 0;  // of its address and port
  std::optional<PlannedSetting> process_limit;
  std::vector<PlannedSetting> overrides;  // no value has a blank: `postconf -P` refuses them
};

// What the policy says, in the words of one Postfix.
struct PostfixPlan {
  std::vector<PlannedSetting> settings;  // of main.cf
  std::vector<PlannedService> services;
  std::vector<std::string> removed_services;  // "smtp/inet": stands where one of ours shall be
  std::vector<GeneratedFile> files;           // maps and files of SASL
  Diagnostics findings;
};

// Pure but for the file of the directory's password, which [authentication] may name.
PostfixPlan make_postfix_plan(const MtaSettings& settings, const PostfixFacts& facts);

}  // namespace portcullis
