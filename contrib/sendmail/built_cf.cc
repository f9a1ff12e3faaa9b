#include "contrib/sendmail/built_cf.h"

#include <algorithm>
#include <set>
#include <sstream>

#include <unistd.h>

#include "contrib/sendmail/configuration_files.h"
#include "contrib/sendmail/portcullis_m4.h"

#include "host/program_run.h"

namespace portcullis {
namespace {

tl::unexpected<Diagnostics> one_error(const std::string& file, std::string culprit,
                                      std::string reason, std::string repair) {
  Diagnostics found;
  found.error(file, 0, std::move(culprit), std::move(reason), std::move(repair), "m4");
  return tl::unexpected(std::move(found));
}

// m4 goes on after an error of Sendmail's macros; only its text tells.
Diagnostics complaints_of_m4(const ProgramRun& run, const std::string& file) {
  Diagnostics found;
  std::istringstream lines(run.errors);
  for (std::string line; std::getline(lines, line);) {
    if (line.find("*** ERROR") != std::string::npos || !run.succeeded()) {
      found.error(file, 0, line, "says m4", "mend it there", "m4");
    }
  }
  if (!run.succeeded() && !found.has_errors()) found.error(file, 0, {}, "m4 fails", {}, "m4");
  return found;
}

}  // namespace

tl::expected<std::string, Diagnostics> build_sendmail_cf(const SendmailTarget& target,
                                                         const std::string& mc_file) {
  if (access(mc_file.c_str(), R_OK) != 0) {
    return one_error(mc_file, {}, "cannot be read",
                     "generate --output writes a whole one; put it there");
  }
  const auto run = run_program({"m4", "-D_CF_DIR_=" + target.cf_dir + "/", mc_file});
  if (!run) return one_error(mc_file, "m4", "cannot be started", "install m4 and sendmail-cf");
  Diagnostics found = complaints_of_m4(*run, mc_file);
  if (found.has_errors()) return tl::unexpected(std::move(found));
  return run->output;
}

namespace sendmail {
namespace {

// Not of the configuration: the statistics that a running daemon shares.
bool is_noise(const std::string& line) {
  const bool is_number = line.find_first_not_of("0123456789-/ \t") == std::string::npos;
  return is_number || line.find("shared memory") != std::string::npos;
}

// ": line 12: unknown option" without the number, which moves.
std::string without_line(const std::string& text) {
  constexpr std::string_view kLine = ": line ";
  if (!text.starts_with(kLine)) return text;
  return text.substr(std::min(text.find(": ", kLine.size()), text.size()));
}

std::set<std::string> complaints_of(const Diagnostics& found) {
  std::set<std::string> texts;
  for (const Diagnostic& diagnostic : found.sorted())
    texts.insert(without_line(diagnostic.culprit));
  return texts;
}

// Of a bad time Sendmail says so, and goes on: what it did not say before is an error of ours.
Diagnostics new_complaints(const Diagnostics& now, const Diagnostics& before) {
  const auto known = complaints_of(before);
  Diagnostics found;
  for (Diagnostic& diagnostic : now.sorted()) {
    if (!known.contains(without_line(diagnostic.culprit))) diagnostic.severity = Severity::error;
    found.add(std::move(diagnostic));
  }
  return found;
}

}  // namespace

Diagnostics ask_sendmail(const SendmailTarget& target, const std::string& cf_file,
                         const std::string& about) {
  Diagnostics found;
  const auto run = run_program({target.sendmail, "-C", cf_file, "-bP"});
  if (!run) {
    found.error(about, 0, target.sendmail, "cannot be started", "install sendmail-bin", "sendmail");
    return found;
  }
  std::istringstream lines(run->errors + "\n" + run->output);
  for (std::string line; std::getline(lines, line);) {
    if (is_noise(line)) continue;
    if (line.starts_with(cf_file)) line.erase(0, cf_file.size());
    const Severity severity = run->succeeded() ? Severity::warning : Severity::error;
    found.add({severity, about, 0, line, "says Sendmail", {}, "sendmail"});
  }
  if (!run->succeeded() && !found.has_errors()) {
    found.error(about, 0, {}, "is refused by Sendmail", {}, "sendmail");
  }
  return found;
}

tl::expected<void, Diagnostics> rebuild_cf(const SendmailTarget& target) {
  const std::string path = target.config_dir + "/sendmail.cf";
  const auto text = build_sendmail_cf(target, target.config_dir + "/sendmail.mc");
  if (!text) return tl::unexpected(text.error());
  const std::string aside = target.config_dir + "/.portcullis-sendmail.cf";
  Diagnostics found;
  if (const auto written = put_file(aside, *text, kPublicFile); !written) {
    found.add(written.error());
    return tl::unexpected(std::move(found));
  }
  found = new_complaints(ask_sendmail(target, aside, path), access(path.c_str(), R_OK) == 0
                                                                ? ask_sendmail(target, path, path)
                                                                : Diagnostics{});
  ::unlink(aside.c_str());
  if (found.has_errors()) return tl::unexpected(std::move(found));
  if (const auto written = put_file(path, *text, kPublicFile); !written) {
    found.add(written.error());
    return tl::unexpected(std::move(found));
  }
  return {};
}

namespace {

// The text of sendmail.mc with portcullis.m4 in place of the line that includes it.
std::string with_own_m4(const SendmailTarget& target, const std::vector<GeneratedFile>& files) {
  std::string mc;
  std::string m4;
  for (const GeneratedFile& file : files) {
    if (file.name == "sendmail.mc") mc = file.text;
    if (file.name == "portcullis.m4") m4 = file.text;
  }
  const std::string include = include_line(target);
  const std::size_t at = mc.find(include);
  return at == std::string::npos ? mc : mc.replace(at, include.size(), m4);
}

tl::unexpected<Diagnostics> not_built(const std::string& culprit, const std::string& reason) {
  Diagnostics found;
  found.warning("sendmail.cf", 0, culprit, reason + ", so it was not written",
                "build it where Sendmail is, as sendmail.mc says, or name its macros by --cf-dir",
                "not-built");
  return tl::unexpected(std::move(found));
}

}  // namespace

tl::expected<std::string, Diagnostics> build_generated_cf(const SendmailTarget& target,
                                                          const std::vector<GeneratedFile>& files,
                                                          const std::string& directory) {
  if (access((target.cf_dir + "/m4/cf.m4").c_str(), R_OK) != 0) {
    return not_built(target.cf_dir, "does not have Sendmail's macros");
  }
  const std::string aside = directory + "/.portcullis-sendmail.mc";
  if (const auto put = put_file(aside, with_own_m4(target, files), kSecretFile); !put) {
    return not_built(put.error().culprit, put.error().reason);
  }
  auto text = build_sendmail_cf(target, aside);
  ::unlink(aside.c_str());
  if (text) return text;
  const Diagnostic first = text.error().sorted().front();
  return not_built(first.culprit, first.reason);
}

}  // namespace sendmail
}  // namespace portcullis
