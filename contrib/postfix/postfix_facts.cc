#include "contrib/postfix/postfix_facts.h"

#include <algorithm>
#include <filesystem>
#include <sstream>

#include "config/text_file.h"

#include "host/host_addresses.h"
#include "host/program_output.h"

namespace portcullis {
namespace {

constexpr std::string_view kBlanks = " \t";

std::string trimmed(const std::string& text) {
  const std::size_t start = text.find_first_not_of(" \t\n");
  if (start == std::string::npos) return {};
  return text.substr(start, text.find_last_not_of(" \t\n") - start + 1);
}

std::map<std::string, std::string, std::less<>> parse_settings(const std::string& text) {
  std::map<std::string, std::string, std::less<>> settings;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t equals = line.find('=');
    if (equals == std::string::npos || equals == 0) continue;
    const std::size_t name_end = line.find_last_not_of(kBlanks, equals - 1);
    settings[line.substr(0, name_end + 1)] = trimmed(line.substr(equals + 1));
  }
  return settings;
}

class InstanceReader {
 public:
  explicit InstanceReader(const std::string& directory) : directory_(directory) {}

  tl::expected<PostfixFacts, Diagnostics> read(const std::optional<PostfixVersion>& version) {
    PostfixFacts facts;
    facts.config_directory = directory_;
    facts.settings = parse_settings(postconf({"-n"}));
    facts.expanded =
        parse_settings(postconf({"-x", "receive_override_options", "smtpd_milter_maps",
                                 "mydestination", "local_recipient_maps", "virtual_mailbox_domains",
                                 "virtual_mailbox_maps", "virtual_alias_domains"}));
    facts.settings.erase("config_directory");  // postconf shows where it looks
    facts.services = parse_master_entries(postconf({"-F"}), postconf({"-P"}));
    facts.queue_directory = value("queue_directory");
    facts.compatibility_level = std::atoi(value("compatibility_level").c_str());
    facts.relay_domains = value("relay_domains");
    facts.ipv6_loopback = has_ipv6_loopback();
    set_version(facts, version);
    read_record(facts);
    if (failed_) {
      problems_.error(directory_, 0, "postconf", "cannot read the configuration of Postfix",
                      "see what postconf -c " + directory_ + " -n says", "no-mta");
    }
    if (problems_.has_errors()) return tl::unexpected(problems_);
    return facts;
  }

 private:
  std::string postconf(const std::vector<std::string>& arguments) {
    std::vector<std::string> command = {"postconf", "-c", directory_};
    command.insert(command.end(), arguments.begin(), arguments.end());
    auto text = program_output(command);
    failed_ = failed_ || !text;
    return std::move(text).value_or(std::string());
  }

  std::string value(const std::string& name) { return trimmed(postconf({"-xh", name})); }

  void set_version(PostfixFacts& facts, const std::optional<PostfixVersion>& version) {
    const auto asked = version ? version : PostfixVersion::parse(value("mail_version"));
    failed_ = failed_ || !asked;
    if (asked) facts.version = *asked;
  }

  void read_record(PostfixFacts& facts) {
    const std::string path = directory_ + '/' + kAppliedRecord;
    if (!std::filesystem::exists(path)) return;
    const auto file = read_text_file(path, TextFileKind::policy);
    auto record = file ? parse_applied_record(file->text)
                       : tl::expected<AppliedRecord, Problem>(tl::unexpected(file.error().problem));
    if (record) {
      facts.applied = *std::move(record);
    } else {
      problems_.error(path, 0, {}, record.error().reason, record.error().repair, "bad-record");
    }
  }

  std::string directory_;
  Diagnostics problems_;
  bool failed_ = false;
};

MasterEntry debian_entry(std::string service, std::string type, std::string command) {
  MasterEntry entry;
  entry.service = std::move(service);
  entry.type = std::move(type);
  entry.chroot = "y";
  entry.command = std::move(command);
  return entry;
}

}  // namespace

std::string PostfixFacts::setting(std::string_view name, std::string_view otherwise) const {
  const auto found = settings.find(name);
  return found == settings.end() ? std::string(otherwise) : found->second;
}

std::string PostfixFacts::value(std::string_view name) const {
  const auto found = expanded.find(name);
  return found == expanded.end() ? std::string() : found->second;
}

bool PostfixFacts::has_service(std::string_view name) const {
  return std::ranges::any_of(services, [&](const MasterEntry& e) { return e.name() == name; });
}

bool PostfixFacts::is_chrooted(const MasterEntry& entry) const {
  // master(5): the built-in default was "y" before compatibility level 1.
  return entry.chroot == "y" || (entry.chroot == "-" && compatibility_level < 1);
}

PostfixFacts debian_postfix() {
  PostfixFacts facts;
  facts.services = {debian_entry("smtp", "inet", "smtpd"), debian_entry("relay", "unix", "smtp")};
  return facts;
}

tl::expected<PostfixFacts, Diagnostics> read_postfix_facts(
    const std::string& directory, const std::optional<PostfixVersion>& version) {
  return InstanceReader(directory).read(version);
}

}  // namespace portcullis
