#pragma once

#include <functional>
#include <string>

#include <nlohmann/json.hpp>

#include "cli/common_options.h"
#include "cli/json_text.h"
#include "cli/report.h"

#include "editing/ini_document.h"

namespace portcullis {

struct PolicyEditOptions {
  bool dry_run = false;  // show the difference, write nothing
  bool reload = false;   // make the daemon read the policy when it is written
};

// What an edit did, for people and for programs.
struct PolicyEditResult {
  std::string text;            // whole lines
  Json json = Json::object();  // its own keys, beside those that every edit has
};

// Changes the document and says what it did.
using PolicyEdit = std::function<Found<PolicyEditResult>(IniDocument& document)>;

// Runs one edit of the policy file: alone (no other edit of it runs at the same time), and whole or
// not at all. The policy and its lists are checked as they would be; one with an error is not
// written, and all its errors are reported. An edit that changes nothing writes nothing.
Report edit_policy(const CommonOptions& options, const PolicyEditOptions& how,
                   const PolicyEdit& edit);

}  // namespace portcullis
