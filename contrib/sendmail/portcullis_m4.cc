#include "contrib/sendmail/portcullis_m4.h"

#include <sstream>

#include <fmt/format.h>

#include "policy/printable.h"

namespace portcullis::sendmail {
namespace {

constexpr std::string_view kKey = "dnl # ";
constexpr std::string_view kPlace = "  (";

}  // namespace

std::string write_portcullis_m4(const std::vector<Statement>& statements,
                                const std::string& policy_file) {
  const std::string file = printable(policy_file, 400);
  std::string text = fmt::format(
      "dnl Made by portcullis generate of {}: an edit here will be lost.\n"
      "dnl sendmail.mc includes it before its MAILER lines.\n"
      "divert(0)dnl\n",
      file);
  for (const Statement& statement : statements) {
    text += fmt::format("{}{}", kKey, statement.key);
    if (statement.line != 0) text += fmt::format("{}{}:{})", kPlace, file, statement.line);
    text += fmt::format("\n{}\n", statement.text);
  }
  return text;
}

std::vector<Statement> read_portcullis_m4(std::string_view text) {
  std::vector<Statement> statements;
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(kKey)) {
      const std::string_view key = std::string_view(line).substr(kKey.size());
      statements.push_back({std::string(key.substr(0, key.find(kPlace))), {}, 0});
    } else if (!statements.empty()) {
      std::string& so_far = statements.back().text;
      so_far += (so_far.empty() ? "" : "\n") + line;
    }
  }
  return statements;
}

std::string include_line(const SendmailTarget& target) {
  return fmt::format("include(`{}/portcullis.m4')dnl\n", target.config_dir);
}

std::string whole_sendmail_mc(const SendmailTarget& target) {
  return fmt::format(
      "dnl A whole configuration for a machine without one. To build it:\n"
      "dnl   m4 -D_CF_DIR_={0}/ sendmail.mc >sendmail.cf\n"
      "divert(0)dnl\n"
      "define(`_USE_ETC_MAIL_')dnl\n"
      "include(`{0}/m4/cf.m4')dnl\n"
      "OSTYPE(`debian')dnl\n"
      "DOMAIN(`debian-mta')dnl\n"
      "FEATURE(`no_default_msa')dnl\n"
      "FEATURE(`use_cw_file')dnl\n"
      "define(`confPRIVACY_FLAGS', `authwarnings,needmailhelo,restrictqrun,restrictexpand')dnl\n"
      "{1}"
      "MAILER(`local')dnl\n"
      "MAILER(`smtp')dnl\n",
      target.cf_dir, include_line(target));
}

}  // namespace portcullis::sendmail
