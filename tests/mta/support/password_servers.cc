#include "tests/mta/support/password_servers.h"

#include <stdexcept>

#include <fmt/core.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace portcullis::testing {
namespace {

// Arguments: the directory.
constexpr const char* kSlapdConf = R"(include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
pidfile {0}/slapd.pid
database mdb
maxsize 1048576
suffix dc=test
rootdn cn=admin,dc=test
directory {0}/data
access to attrs=userPassword by anonymous auth by * none
access to * by dn.exact="cn=mail,dc=test" read by * none
)";

constexpr const char* kEntries = R"(dn: dc=test
objectClass: domain
dc: test

dn: cn=mail,dc=test
objectClass: person
cn: mail
sn: mail
userPassword: search

dn: ou=people,dc=test
objectClass: organizationalUnit
ou: people

dn: uid=user,ou=people,dc=test
objectClass: inetOrgPerson
uid: user
cn: user
sn: user
userPassword: secret
)";

// Arguments: the directory.
constexpr const char* kDovecotConf = R"(base_dir = {0}/run
state_dir = {0}/state
log_path = {0}/log
protocols =
ssl = no
auth_mechanisms = plain login
auth_failure_delay = 0
passdb {{
  driver = passwd-file
  args = {0}/users
}}
userdb {{
  driver = static
  args = uid=nobody gid=nogroup home=/nonexistent
}}
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service auth {{
  unix_listener {0}/auth {{
    mode = 0666
  }}
}}
)";

std::string write_slapd(const ScratchDirectory& scratch) {
  scratch.make_directory("data");
  const std::string entries = scratch.write("entries.ldif", kEntries);
  const std::string conf =
      scratch.write("slapd.conf", fmt::format(fmt::runtime(kSlapdConf), scratch.path().string()));
  const auto added = run_command({"/usr/sbin/slapadd", "-f", conf, "-l", entries});
  if (!added.status.success()) throw std::runtime_error("slapadd: " + added.error);
  return conf;
}

std::string write_dovecot(const ScratchDirectory& scratch) {
  scratch.write("users", "user@mx.example.com:{PLAIN}secret\n");
  return scratch.write("dovecot.conf",
                       fmt::format(fmt::runtime(kDovecotConf), scratch.path().string()));
}

bool takes_connections(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) throw std::runtime_error(path + " is too long");
  path.copy(address.sun_path, path.size());
  const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const bool taken =
      ::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  ::close(socket);
  return taken;
}

template <typename Predicate>
void wait_for(const char* program, const std::string& output, Predicate ready) {
  if (!eventually(ready)) throw std::runtime_error(fmt::format("{}: {}", program, output));
}

}  // namespace

DirectoryServer::DirectoryServer()
    : configuration_(write_slapd(scratch_)),
      program_({"/usr/sbin/slapd", "-d", "0", "-h", uri(), "-f", configuration_},
               {.output = scratch_ / "output"}) {
  // The same question as saslauthd's.
  const auto answers = [this] {
    return run_command({"ldapsearch", "-x", "-H", uri(), "-D", "cn=mail,dc=test", "-w", "search",
                        "-b", "dc=test", "uid=user"})
               .output.find("numEntries: 1") != std::string::npos;
  };
  wait_for("slapd", read_file(scratch_ / "output"), answers);
}

std::string DirectoryServer::uri() const {
  return fmt::format("ldap://127.0.0.1:{}", port_);
}

PasswordDaemon::PasswordDaemon(const std::string& directory, const std::string& configuration)
    : program_({"/usr/sbin/saslauthd", "-d", "-n", "1", "-a", "ldap", "-m", directory, "-O",
                configuration},
               {.output = scratch_ / "output"}) {
  wait_for("saslauthd", read_file(scratch_ / "output"),
           [&] { return takes_connections(directory + "/mux"); });
}

DovecotServer::DovecotServer()
    : configuration_(write_dovecot(scratch_)),
      program_({"/usr/sbin/dovecot", "-F", "-c", configuration_}, {.output = scratch_ / "output"}) {
  wait_for("dovecot", read_file(scratch_ / "output") + read_file(scratch_ / "log"),
           [this] { return takes_connections(socket()); });
}

}  // namespace portcullis::testing
