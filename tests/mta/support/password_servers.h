#pragma once

#include <cstdint>
#include <string>

#include "tests/mta/support/child_process.h"
#include "tests/mta/support/free_port.h"
#include "tests/mta/support/scratch_directory.h"

namespace portcullis::testing {

// A directory of its own, slapd(8) on loopback, with one user, uid=user,ou=people,dc=test, whose
// password is "secret". Nobody may search it but cn=mail,dc=test with the password "search". It
// answers when the constructor returns.
class DirectoryServer {
 public:
  DirectoryServer();

  std::string uri() const;  // ldap://127.0.0.1:20389

 private:
  ScratchDirectory scratch_{"slapd"};
  std::uint16_t port_ = free_port();
  std::string configuration_;
  ChildProcess program_;
};

// saslauthd(8) with `-a ldap`, configured by a file that was generated. It answers when the
// constructor returns.
class PasswordDaemon {
 public:
  // `directory`: that of its socket, mux.
  PasswordDaemon(const std::string& directory, const std::string& configuration);

 private:
  ScratchDirectory scratch_{"saslauthd"};
  ChildProcess program_;
};

// Dovecot as nothing but a server for passwords, of user@mx.example.com, "secret". It answers when
// the constructor returns.
class DovecotServer {
 public:
  DovecotServer();

  std::string socket() const { return scratch_ / "auth"; }

 private:
  ScratchDirectory scratch_{"dovecot"};
  std::string configuration_;
  ChildProcess program_;
};

}  // namespace portcullis::testing
