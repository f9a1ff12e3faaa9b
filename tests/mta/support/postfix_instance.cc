#include "tests/mta/support/postfix_instance.h"

#include <chrono>
#include <filesystem>
#include <stdexcept>

#include <fmt/core.h>
#include <grp.h>
#include <unistd.h>

#include "tests/mta/support/milter_address.h"
#include "tests/mta/support/private_names.h"

namespace portcullis::testing {
namespace {

constexpr const char* kMaster = "/usr/lib/postfix/sbin/master";

// What a Postfix needs to take mail and to throw it away; not chrooted, so that no library and no
// socket must be below the queue directory.
constexpr const char* kServices = R"(
pickup   unix n - n 60 1 pickup
cleanup  unix n - n - 0 cleanup
qmgr     unix n - n 300 1 qmgr
tlsmgr   unix - - n 1000? 1 tlsmgr
rewrite  unix - - n - - trivial-rewrite
bounce   unix - - n - 0 bounce
defer    unix - - n - 0 bounce
trace    unix - - n - 0 bounce
proxymap unix - - n - - proxymap
smtp     unix - - n - - smtp
error    unix - - n - - error
retry    unix - - n - - error
discard  unix - - n - - discard
anvil    unix - - n - 1 anvil
postlog  unix-dgram n - n - 1 postlogd
)";

// Arguments: the directory. Limits that would answer in place of the milter are out of the way.
// service_throttle_time: an smtpd that dies with its first client would close its listener for 60
// s. RES_OPTIONS: an absent name server must not hold up the tests.
constexpr const char* kMainCf = R"(compatibility_level = 3.6
queue_directory = {0}/spool
data_directory = {0}/data
maillog_file = {0}/mail.log
maillog_file_prefixes = {0}
inet_interfaces = 127.0.0.1, ::1
inet_protocols = all
myhostname = mx.test
mydestination = mx.test
mynetworks = 127.0.0.1/32
local_recipient_maps = inline:{{{{root = ok}}}}
alias_maps =
alias_database =
default_transport = discard
local_transport = discard
smtpd_client_connection_count_limit = 0
smtpd_error_sleep_time = 0
default_process_limit = 500
service_throttle_time = 1s
milter_default_action = tempfail
import_environment = MAIL_CONFIG, MAIL_LOGTAG, TZ, LANG=C, POSTLOG_SERVICE, POSTLOG_HOSTNAME,
    {{ RES_OPTIONS=timeout:1 attempts:1 }}
)";

void set_group(const std::filesystem::path& path, const char* group) {
  const struct group* entry = getgrnam(group);
  if (entry == nullptr || chown(path.c_str(), static_cast<uid_t>(-1), entry->gr_gid) != 0) {
    throw std::runtime_error(fmt::format("cannot give {} to group {}", path.string(), group));
  }
}

// Postfix reads a file that has changed in the last seconds again and again, until it has cooled
// down.
void age(const std::filesystem::path& file) {
  std::filesystem::last_write_time(
      file, std::filesystem::file_time_type::clock::now() - std::chrono::minutes{1});
}

}  // namespace

PostfixInstance::PostfixInstance(MtaOptions options) : MtaInstance("postfix", std::move(options)) {}

std::string PostfixInstance::log() const {
  return read_file(scratch() / "mail.log");
}

void PostfixInstance::write_configuration() {
  if (!std::filesystem::exists(kMaster)) {
    throw std::runtime_error(fmt::format("{} is missing: install the package postfix", kMaster));
  }
  make_directories();
  age(scratch().write("etc/main.cf", main_cf()));
  age(scratch().write("etc/master.cf", master_cf()));
}

// "postfix check" makes the same, in two seconds instead of none.
void PostfixInstance::make_directories() const {
  scratch().make_directory("etc");
  scratch().make_directory("spool");
  scratch().make_directory("spool/pid");
  scratch().make_directory("data", "postfix", ScratchDirectory::kPrivateDirectory);
  for (const char* queue : {"active", "bounce", "corrupt", "defer", "deferred", "flush", "hold",
                            "incoming", "private", "saved", "trace"}) {
    scratch().make_directory(fmt::format("spool/{}", queue), "postfix",
                             ScratchDirectory::kPrivateDirectory);
  }
  const auto mode = [](int bits) { return static_cast<std::filesystem::perms>(bits); };
  set_group(scratch().make_directory("spool/maildrop", "postfix", mode(0730)), "postdrop");
  set_group(scratch().make_directory("spool/public", "postfix", mode(0710)), "postdrop");
}

std::string PostfixInstance::main_cf() const {
  std::string text = fmt::format(fmt::runtime(kMainCf), scratch().path().string());
  if (!options().milter.empty()) {
    const auto seconds = options().milter_timeout.count();
    text += fmt::format("smtpd_milters = {}\n", postfix_milter_address(options().milter));
    text += fmt::format("milter_connect_timeout = {0}s\nmilter_command_timeout = {0}s\n", seconds);
  }
  if (options().xclient) text += "smtpd_authorized_xclient_hosts = 127.0.0.0/8, [::1]/128\n";
  for (const std::string& setting : options().settings) text += setting + "\n";
  return text;
}

std::string PostfixInstance::master_cf() const {
  std::string text;
  for (const ListenerSpec& listener : options().listeners) {
    const char* form = listener.address.find(':') == std::string::npos ? "{}:{}" : "[{}]:{}";
    text += fmt::format(fmt::runtime(form), listener.address, listener.port);
    text += " inet n - n - - smtpd\n";
    if (!listener.name.empty()) {
      text += fmt::format("  -o milter_macro_daemon_name={}\n", listener.name);
    }
    if (listener.haproxy) text += "  -o smtpd_upstream_proxy_protocol=haproxy\n";
    for (const std::string& option : listener.options) text += fmt::format("  -o {}\n", option);
  }
  return text + kServices;
}

std::vector<std::string> PostfixInstance::command() const {
  // -s: stay in the foreground.
  return with_private_names(scratch(), options().hosts, {kMaster, "-c", scratch() / "etc", "-s"},
                            options().name_server);
}

}  // namespace portcullis::testing
