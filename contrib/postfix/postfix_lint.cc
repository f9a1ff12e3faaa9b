#include "contrib/postfix/postfix_lint.h"

#include <algorithm>
#include <set>
#include <sstream>

#include <fmt/format.h>

#include "policy/printable.h"

#include "host/program_run.h"

namespace portcullis {
namespace {

constexpr std::size_t kLongestLine = 400;

class ToolQuestions {
 public:
  ToolQuestions(const std::string& directory, const PostfixPlan& plan) : directory_(directory) {
    for (const PlannedSetting& setting : plan.settings) ours_.insert(setting.name);
    for (const PlannedService& service : plan.services) {
      for (const PlannedSetting& setting : service.overrides) ours_.insert(setting.name);
    }
  }

  Diagnostics ask() && {
    // A misspelt name is a warning on standard error, with exit code 0.
    for (const char* question : {"-n", "-M", "-P"}) ask_postconf(question);
    ask_check();
    return std::move(found_);
  }

 private:
  void ask_postconf(const char* question) {
    const auto run = run_program({"postconf", "-c", directory_, question});
    if (!run) {
      found_.error(directory_, 0, "postconf", "cannot be run", "install Postfix", "no-mta");
      return;
    }
    std::istringstream lines(run->errors);
    for (std::string line; std::getline(lines, line);) {
      if (seen_.insert(line).second) judge(line, !run->succeeded());
    }
  }

  void judge(const std::string& line, bool failed) {
    const std::string text = printable(line, kLongestLine);
    if (failed || is_about_us(line)) {
      found_.error(directory_, 0, {}, text, {}, "postconf");
    } else {
      found_.warning(directory_, 0, {}, text, {}, "postconf");
    }
  }

  // "... unused parameter: smptd_milters=x".
  bool is_about_us(const std::string& line) const {
    constexpr std::string_view kUnused = "unused parameter: ";
    const std::size_t at = line.find(kUnused);
    if (at == std::string::npos) return false;
    const std::size_t name = at + kUnused.size();
    return ours_.contains(line.substr(name, line.find('=', name) - name));
  }

  void ask_check() {
    const auto run = run_program({"postfix", "-c", directory_, "check"});
    if (run && run->succeeded()) {
      std::istringstream lines(run->errors);
      for (std::string line; std::getline(lines, line);) judge_check(line);
      return;
    }
    std::string said = run ? run->errors : std::string();
    // With maillog_file the reason is there and nowhere else.
    if (said.empty()) {
      for (const std::string& line : postfix_complaints(directory_)) said += line + '\n';
    }
    found_.error(directory_, 0, "postfix check", "fails: " + printable(said, kLongestLine), {},
                 "postfix-check");
  }

  void judge_check(const std::string& line) {
    found_.warning(directory_, 0, {}, printable(line, kLongestLine), {}, "postfix-check");
  }

  std::string directory_;
  std::set<std::string, std::less<>> ours_;
  std::set<std::string> seen_;
  Diagnostics found_;
};

}  // namespace

Diagnostics ask_postfix_tools(const std::string& directory, const PostfixPlan& plan) {
  return ToolQuestions(directory, plan).ask();
}

}  // namespace portcullis
