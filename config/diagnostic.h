#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace portcullis {

enum class Severity : std::uint8_t {
  error,    // nothing of the policy is applied
  warning,  // it works, but not as it is written
  note,     // nothing is wrong; worth knowing
};

// "error", "warning", "note": the words of messages and of JSON.
std::string_view to_string(Severity severity);

inline constexpr std::string_view kOtherFinding = "other";

// One thing that is wrong in a policy or a list, and how to mend it. Printed as
//   /etc/portcullis/portcullis.conf:14: error: "192.0.2.5/24" has host bits set
//       write 192.0.2.0/24 for the network, or 192.0.2.5 for the host
// Every text may hold any bytes: format() escapes what is not printable ASCII and cuts what is
// long. A line of 0 stands for the file as a whole and is not printed.
struct Diagnostic {
  Severity severity = Severity::error;
  std::string file;
  std::uint32_t line = 0;
  std::string culprit;  // may be empty
  std::string reason;   // completes `"culprit" ...`
  std::string repair;   // may be empty
  // Which kind of finding this is, for programs: "duplicate-entry". A literal; never changes.
  std::string_view code = kOtherFinding;
};

// One line, or two with the repair; no line end after the last.
std::string format(const Diagnostic& diagnostic);

// What is wrong with a text, found by someone who does not know where it stands.
struct Problem {
  std::string reason;
  std::string repair = {};  // may be empty
};

// How often a kind of finding was seen.
struct CodeCount {
  std::string_view code;
  Severity severity = Severity::error;
  std::size_t count = 0;
};

// What was found in a policy and its lists. Bounded: beyond kMaxKeptPerFile errors, as many
// warnings and as many notes of one file the rest is only counted, so that a million bad lines
// cannot fill the memory or the log. No severity pushes another out.
class Diagnostics {
 public:
  static constexpr std::size_t kMaxKeptPerFile = 1000;

  void add(Diagnostic diagnostic);
  void error(std::string file, std::uint32_t line, std::string culprit, std::string reason,
             std::string repair = {}, std::string_view code = kOtherFinding);
  void warning(std::string file, std::uint32_t line, std::string culprit, std::string reason,
               std::string repair = {}, std::string_view code = kOtherFinding);

  void note(std::string file, std::uint32_t line, std::string culprit, std::string reason,
            std::string repair = {}, std::string_view code = kOtherFinding);
  // `count` more of the kind, which nobody needs to see one by one.
  void count_more(Severity severity, std::string_view code, std::size_t count);
  // All that `others` holds; what they no longer keep is counted here too.
  void add_all(const Diagnostics& others);

  bool has_errors() const { return errors() > 0; }
  std::size_t errors() const { return total(Severity::error); }
  std::size_t warnings() const { return total(Severity::warning); }
  std::size_t notes() const { return total(Severity::note); }

  // In the order of files as first seen, then by line.
  std::vector<Diagnostic> sorted() const;
  // What was found of each kind, kept or not: errors first, then by code.
  std::vector<CodeCount> by_code() const;
  // All of them as text, one or two lines each, with last lines that count what was not kept.
  std::string format_all() const;

 private:
  using Counts = std::array<std::size_t, 3>;  // by severity
  struct FileCount {
    std::size_t order = 0;  // in which the files were first seen
    Counts kept{};
  };

  std::size_t total(Severity severity) const { return totals_[static_cast<std::size_t>(severity)]; }

  std::vector<Diagnostic> kept_;
  std::map<std::string, FileCount> files_;
  Counts totals_{};
  std::map<std::pair<Severity, std::string_view>, std::size_t> codes_;
  std::map<std::pair<Severity, std::string_view>, std::size_t> counted_only_;
};

}  // namespace portcullis
