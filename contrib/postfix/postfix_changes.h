#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "contrib/postfix/applied_record.h"
#include "contrib/postfix/postfix_plan.h"

namespace portcullis {

// One cell that is not as it shall be.
struct PostfixStep {
  CellName cell;
  std::optional<std::string> before;
  std::optional<std::string> after;
  std::uint32_t line = 0;
  bool secret = false;
};

// What leads from the instance as it is to the plan, and what is recorded of it then.
struct PostfixChanges {
  std::vector<PostfixStep> steps;  // main.cf, master.cf, files
  // The services of master.cf that differ, by name: as `postconf -M` wants them; empty: it goes.
  std::map<std::string, std::string> services;
  AppliedRecord record;
};

// Text of a file of the configuration directory; nothing if it is not there.
using ReadConfigFile = std::function<std::optional<std::string>(const std::string& name)>;

// Only settings that the plan has or the record of earlier applications knows are compared. Pure,
// but for `read`.
PostfixChanges find_changes(const PostfixPlan& plan, const PostfixFacts& facts,
                            const ReadConfigFile& read);

// For people: the lines of a file one by one, and of a secret one only that it differs.
std::vector<MtaChange> describe(const std::vector<PostfixStep>& steps);

}  // namespace portcullis
