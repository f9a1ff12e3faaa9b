#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tests/mta/support/endpoint.h"
#include "tests/mta/support/scratch_directory.h"

namespace portcullis::testing {

// Certificates of one authority, ca.pem, made by openssl(1): NAME.pem and NAME.key for DNS:NAME,
// any.example.com.pem and .key for DNS:*.example.com.
// other-ca.pem has issued nothing but stranger.pem.
class TestAuthority {
 public:
  explicit TestAuthority(const std::vector<std::string>& names);
  std::string path(std::string_view file) const { return scratch_ / file; }

 private:
  ScratchDirectory scratch_{"tls"};
};

// What `openssl s_client ARGUMENTS` says on a session with the server, in which `dialogue` is sent
// (lines with "\n"); it should end in QUIT.
std::string openssl_client(const Endpoint& server, const std::string& arguments,
                           const std::string& dialogue = "QUIT\n");

// The same, but each line waits for the reply to the one before: Sendmail hangs up on a client that
// sends more behind its EHLO.
std::string patient_openssl_client(const Endpoint& server, const std::string& arguments,
                                   const std::string& dialogue);

}  // namespace portcullis::testing
