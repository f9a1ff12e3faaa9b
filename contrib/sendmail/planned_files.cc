#include "contrib/sendmail/planned_files.h"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <sstream>

#include "contrib/sendmail/applied_files.h"
#include "contrib/sendmail/authorities.h"
#include "contrib/sendmail/configuration_files.h"
#include "contrib/sendmail/ldap_password.h"
#include "contrib/sendmail/mc_source.h"
#include "contrib/sendmail/portcullis_m4.h"
#include "contrib/sendmail/sasl_files.h"

namespace portcullis::sendmail {
namespace {

using Kind = PlannedFile::Kind;

std::string file_name(const std::string& path) {
  return std::filesystem::path(path).filename();
}

std::string own_m4(const SendmailTarget& target) {
  return target.config_dir + "/portcullis.m4";
}

// By key and text; the policy's lines may move.
bool says_the_same(const std::string& a, const std::string& b) {
  return read_portcullis_m4(a) == read_portcullis_m4(b);
}

class Plan {
 public:
  Plan(const MtaSettings& settings, const SendmailTarget& target)
      : settings_(settings), target_(target) {}

  tl::expected<std::vector<PlannedFile>, Diagnostics> make(
      const std::vector<Statement>& statements) {
    add_authorities();
    add_sasl();
    add(own_m4(target_), Kind::statements, write_portcullis_m4(statements, settings_.policy_file));
    add_sources();
    if (found_.has_errors()) return tl::unexpected(std::move(found_));
    return std::move(files_);
  }

 private:
  void add(const std::string& path, Kind kind, std::optional<std::string> after,
           bool secret = false) {
    const bool exposed = secret && after && is_open_to_others(path);
    files_.push_back({path, kind, read_if_there(path), std::move(after), secret, exposed});
  }

  void add_authorities() {
    const std::string path = authorities_file(settings_, target_);
    if (path.empty()) return;
    auto text = authorities_text(settings_);
    if (text) return add(path, Kind::authorities, *std::move(text));
    found_.add_all(text.error());
  }

  void add_sasl() {
    const auto recorded = read_applied_files(target_.config_dir + "/portcullis.applied");
    if (!recorded) {
      found_.error(target_.config_dir + "/portcullis.applied", 0, {}, recorded.error().reason,
                   recorded.error().repair, "damaged-record");
      return;
    }
    const auto password = ldap_password(settings_);
    if (!password) found_.add(password.error());
    const auto wanted = sasl_files(settings_, target_, password.value_or(std::nullopt));
    for (const SaslFile& file : wanted) add(file.path, Kind::sasl, file.text, file.secret);
    for (const auto& [path, before] : *recorded) {
      if (std::ranges::find(wanted, path, &SaslFile::path) != wanted.end()) continue;
      add(path, Kind::sasl, before, path == target_.saslauthd_conf);
    }
  }

  void add_sources() {
    const std::string main = target_.config_dir + "/sendmail.mc";
    const auto sources = source_files(target_);
    if (sources.empty()) {
      found_.error(main, 0, {}, "is not there",
                   "generate --output writes a whole one; put it there", "no-source");
    }
    const bool named = std::ranges::any_of(sources, [](const std::string& path) {
      return names_daemons(read_if_there(path).value_or(""));
    });
    for (const std::string& path : sources) {
      const std::string text = read_if_there(path).value_or("");
      std::string after = without_what_we_say(text, settings_);
      if (path == main) after = with_include(after, own_m4(target_), !named && !serves_port_25());
      // One whose last line lacks its end is left alone if nothing else is to be done.
      files_.push_back({path, Kind::source, text, after == text + "\n" ? text : after});
    }
  }

  bool serves_port_25() const {
    constexpr std::uint16_t kSmtpPort = 25;
    return std::ranges::any_of(settings_.listeners, [](const ListenerDelivery& delivery) {
      return delivery.listener.port == kSmtpPort;
    });
  }

  const MtaSettings& settings_;
  const SendmailTarget& target_;
  std::vector<PlannedFile> files_;
  Diagnostics found_;
};

std::vector<std::string> lines_of(const std::optional<std::string>& text) {
  std::vector<std::string> lines;
  std::istringstream in(text.value_or(""));
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

void statement_changes(const PlannedFile& file, const std::vector<Statement>& statements,
                       std::vector<MtaChange>& changes) {
  const auto before = read_portcullis_m4(file.before.value_or(""));
  for (const Statement& wanted : statements) {
    const auto was = std::ranges::find(before, wanted.key, &Statement::key);
    if (was != before.end() && was->text == wanted.text) continue;
    changes.push_back({"portcullis.m4", wanted.key,
                       was == before.end() ? std::nullopt : std::optional(was->text), wanted.text,
                       wanted.line});
  }
  for (const Statement& was : before) {
    if (std::ranges::find(statements, was.key, &Statement::key) != statements.end()) continue;
    changes.push_back({"portcullis.m4", was.key, was.text, {}, 0});
  }
}

void source_changes(const PlannedFile& file, std::vector<MtaChange>& changes) {
  const std::string name = file_name(file.path);
  const auto before = taken_away(file.before.value_or(""));
  const auto after = taken_away(file.after.value_or(""));
  for (const std::string& line : after) {
    if (std::ranges::count(before, line) == 0) changes.push_back({name, line, line, {}, 0});
  }
  for (const std::string& line : before) {
    if (std::ranges::count(after, line) == 0) changes.push_back({name, line, {}, line, 0});
  }
  if (has_include(file.after.value_or("")) && !has_include(file.before.value_or(""))) {
    changes.push_back({name, "include(portcullis.m4)", {}, "before the first MAILER", 0});
  }
}

// The name in "name: value".
std::string sasl_setting(const std::string& line) {
  const std::size_t start = std::min(line.find_first_not_of(" \t"), line.size());
  return line.substr(start, line.find_first_of(": \t", start) - start);
}

// ldap_password, ldap_bind_pw, sql_passwd, ldapdb_pw, and what plugins of others have.
bool is_secret(std::string setting) {
  std::ranges::transform(setting, setting.begin(), [](unsigned char c) { return std::tolower(c); });
  return setting.find("pass") != std::string::npos || setting.find("secret") != std::string::npos ||
         setting.ends_with("pw");
}

// A secret's value is never told.
std::string sasl_value(const std::string& line) {
  if (is_secret(sasl_setting(line))) return "(secret)";
  const std::size_t colon = line.find(':');
  return colon == std::string::npos ? std::string() : line.substr(colon + 1);
}

// "name: value" lines.
void sasl_changes(const PlannedFile& file, std::vector<MtaChange>& changes) {
  const std::string name = file_name(file.path);
  if (file.exposed) changes.push_back({name, "mode", "open to others", "0600", 0});
  const auto before = lines_of(file.before);
  const auto after = lines_of(file.after);
  for (const std::string& line : after) {
    if (line.starts_with('#') || std::ranges::count(before, line) != 0) continue;
    changes.push_back({name, sasl_setting(line), {}, sasl_value(line), 0});
  }
  for (const std::string& line : before) {
    if (line.empty() || line.starts_with('#') || std::ranges::count(after, line) != 0) continue;
    changes.push_back({name, sasl_setting(line), sasl_value(line), {}, 0});
  }
}

}  // namespace

bool PlannedFile::changes() const {
  if (kind == Kind::statements && before && after) return !says_the_same(*before, *after);
  if (kind != Kind::sasl || !before || !after) return before != after;
  std::vector<MtaChange> found;
  sasl_changes(*this, found);
  return !found.empty();
}

tl::expected<std::vector<PlannedFile>, Diagnostics> plan_files(
    const MtaSettings& settings, const SendmailTarget& target,
    const std::vector<Statement>& statements) {
  return Plan(settings, target).make(statements);
}

std::vector<MtaChange> changes_of(const PlannedFile& file,
                                  const std::vector<Statement>& statements) {
  std::vector<MtaChange> changes;
  if (!file.changes()) return changes;
  switch (file.kind) {
    case Kind::statements:
      statement_changes(file, statements, changes);
      break;
    case Kind::source:
      source_changes(file, changes);
      break;
    case Kind::sasl:
      sasl_changes(file, changes);
      break;
    case Kind::authorities:
      break;
  }
  // Something of it is written, whatever it is.
  if (changes.empty()) {
    const auto was = file.before ? std::optional<std::string>("as it is") : std::nullopt;
    changes.push_back({file_name(file.path), "text", was, "as the policy says", 0});
  }
  return changes;
}

std::vector<std::string> source_files(const SendmailTarget& target) {
  std::vector<std::string> files = {target.config_dir + "/sendmail.mc"};
  for (std::size_t at = 0; at < files.size(); ++at) {
    const auto text = read_if_there(files[at]);
    if (!text) {
      files.erase(files.begin() + static_cast<std::ptrdiff_t>(at--));
      continue;
    }
    for (const std::string& file : included_files(*text)) {
      if (file.starts_with(target.config_dir + "/") && file != own_m4(target) &&
          std::ranges::count(files, file) == 0) {
        files.push_back(file);
      }
    }
  }
  return files;
}

}  // namespace portcullis::sendmail
