#include "milter/privileges.h"

#include <cerrno>
#include <cstring>

#include <grp.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

namespace portcullis {
namespace {

bool is_for_good(const Identity& identity) {
  uid_t real_user = 0;
  uid_t effective_user = 0;
  uid_t saved_user = 0;
  gid_t real_group = 0;
  gid_t effective_group = 0;
  gid_t saved_group = 0;
  if (::getresuid(&real_user, &effective_user, &saved_user) != 0 ||
      ::getresgid(&real_group, &effective_group, &saved_group) != 0) {
    return false;
  }
  return real_user == identity.uid && effective_user == identity.uid &&
         saved_user == identity.uid && real_group == identity.gid &&
         effective_group == identity.gid && saved_group == identity.gid && ::setuid(0) != 0 &&
         ::setgid(0) != 0;
}

Identity ourselves() {
  const passwd* entry = ::getpwuid(::geteuid());
  return {entry == nullptr ? std::string() : entry->pw_name, ::geteuid(), ::getegid(), false};
}

}  // namespace

Started<Identity> find_identity(const std::string& user) {
  if (::geteuid() != 0) return ourselves();
  errno = 0;
  const passwd* entry = ::getpwnam(user.c_str());
  if (entry == nullptr) {
    return start_error(EX_NOUSER, "unknown user \"" + user +
                                      "\": make it, or name another one with user = in [daemon]");
  }
  if (entry->pw_uid == 0 || entry->pw_gid == 0) {
    return start_error(EX_CONFIG,
                       "will not run as root: name an unprivileged user with user = in [daemon]");
  }
  return Identity{user, entry->pw_uid, entry->pw_gid, true};
}

Started<gid_t> find_group(const std::string& name) {
  if (name.empty()) return static_cast<gid_t>(-1);
  const group* entry = ::getgrnam(name.c_str());
  if (entry != nullptr) return entry->gr_gid;
  return start_error(EX_NOUSER, "unknown group \"" + name + "\" in socket_group");
}

Started<void> assume_identity(const Identity& identity) {
  ::umask(S_IRWXG | S_IRWXO);
  if (identity.drop) {
    if (::initgroups(identity.user.c_str(), identity.gid) != 0 ||
        ::setresgid(identity.gid, identity.gid, identity.gid) != 0 ||
        ::setresuid(identity.uid, identity.uid, identity.uid) != 0) {
      return start_error(EX_OSERR,
                         "cannot become user \"" + identity.user + "\": " + std::strerror(errno));
    }
    if (!is_for_good(identity)) {
      return start_error(EX_OSERR, "cannot give up root for good");
    }
  }
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
    return start_error(EX_OSERR, std::string("cannot set no_new_privs: ") + std::strerror(errno));
  }
  return {};
}

}  // namespace portcullis
