#include "tests/mta/generated/generated_postfix.h"

#include <chrono>
#include <filesystem>
#include <sstream>
#include <stdexcept>

#include <fmt/core.h>

#include "config/policy_file.h"
#include "contrib/postfix/postfix_configuration.h"

namespace portcullis::testing {
namespace {

constexpr const char* kStock = "/usr/share/postfix/";

// Arguments: the directory. RES_OPTIONS: an absent name server must not hold up the tests.
constexpr const char* kPrivate = R"(
queue_directory = {0}/spool
data_directory = {0}/data
maillog_file = {0}/mail.log
maillog_file_prefixes = {0}
inet_interfaces = 127.0.0.1, ::1
myhostname = mx.test
mydestination = mx.test
mynetworks = 127.0.77.77/32
local_recipient_maps =
alias_maps =
alias_database =
local_transport = discard
smtpd_error_sleep_time = 0
smtp_host_lookup = native
smtp_connect_timeout = 3s
service_throttle_time = 1s
default_process_limit = 500
import_environment = MAIL_CONFIG, MAIL_LOGTAG, TZ, LANG=C, POSTLOG_SERVICE, POSTLOG_HOSTNAME,
    {{ RES_OPTIONS=timeout:1 attempts:1 }}
)";

// The services of the package, not chrooted, without the one on port 25.
std::string stock_master_cf() {
  std::istringstream lines(read_file(std::string(kStock) + "master.cf.dist"));
  std::string text;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("smtp      inet")) continue;
    const bool service = !line.empty() && line.front() != '#' && line.front() != ' ';
    constexpr std::size_t kChroot = 32;  // its column in the package's file
    if (service && line.size() > kChroot && line[kChroot] == 'y') line[kChroot] = 'n';
    text += line + '\n';
  }
  return text;
}

std::string with_queue(std::string policy, const std::string& directory) {
  constexpr std::string_view kQueue = "@QUEUE@";
  for (std::size_t at = 0; (at = policy.find(kQueue, at)) != std::string::npos;) {
    policy.replace(at, kQueue.size(), directory);
  }
  return policy;
}

// See postfix_instance.cc: a file that has just changed is read again and again.
void age(const std::filesystem::path& file) {
  std::filesystem::last_write_time(
      file, std::filesystem::file_time_type::clock::now() - std::chrono::minutes{1});
}

}  // namespace

GeneratedPostfix::GeneratedPostfix(std::string policy, MtaOptions options)
    : PostfixInstance(std::move(options)), policy_(std::move(policy)) {}

std::unique_ptr<MtaConfiguration> GeneratedPostfix::configuration(const std::string& policy) const {
  const auto loaded =
      load_policy(scratch().write("policy.conf", with_queue(policy, queue_directory())));
  if (!loaded) throw std::runtime_error(loaded.error().format_all());
  return make_postfix_configuration(loaded->mta, {directory(), {}});
}

void GeneratedPostfix::apply(const std::string& policy) const {
  const auto edited = configuration(policy)->edit();
  if (!edited) throw std::runtime_error(edited.error().format_all());
  for (const auto& file : std::filesystem::directory_iterator(directory())) {
    if (file.is_regular_file()) age(file.path());
  }
}

void GeneratedPostfix::write_configuration() {
  make_directories();
  std::filesystem::create_directories(directory() / "sasl");
  std::string settings = read_file(std::string(kStock) + "main.cf.debian") +
                         fmt::format(fmt::runtime(kPrivate), scratch().path().string());
  for (const std::string& setting : options().settings) settings += setting + '\n';
  age(scratch().write("etc/main.cf", settings));
  age(scratch().write("etc/master.cf", stock_master_cf()));
  apply(policy_);
}

}  // namespace portcullis::testing
