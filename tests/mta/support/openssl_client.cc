#include "tests/mta/support/openssl_client.h"

#include <stdexcept>

#include <fmt/core.h>

#include "tests/mta/support/child_process.h"

namespace portcullis::testing {
namespace {

// Arguments: the directory, the names.
constexpr const char* kScript = R"(
set -eu
cd {0}
export OPENSSL_CONF=/dev/null
key() {{ openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out $1.key 2>/dev/null; }}
authority() {{
  key $1
  openssl req -x509 -new -key $1.key -subj "/CN=$1" -days 30 -out $1.pem \
    -config req.cnf -extensions ca
}}
issue() {{
  key $1
  openssl req -new -config req.cnf -key $1.key -subj "/CN=$1" -out $1.csr
  printf 'basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=serverAuth,clientAuth\nsubjectAltName=DNS:%s\n' $1 >$1.ext
  openssl x509 -req -in $1.csr -CA $2.pem -CAkey $2.key -days 200 -extfile $1.ext \
    -out $1.pem -CAcreateserial 2>/dev/null
}}
printf '[req]\ndistinguished_name=dn\n[dn]\n[ca]\nbasicConstraints=critical,CA:TRUE\nkeyUsage=keyCertSign,cRLSign\nsubjectKeyIdentifier=hash\n' >req.cnf
authority ca
authority other-ca
issue stranger other-ca
for name in {1}; do issue $name ca; done
)";

}  // namespace

TestAuthority::TestAuthority(const std::vector<std::string>& names) {
  std::string words;
  for (const std::string& name : names) words += name + ' ';
  const auto result = run_command(
      {"sh", "-c", fmt::format(fmt::runtime(kScript), scratch_.path().string(), words)});
  if (!result.status.success()) throw std::runtime_error("openssl: " + result.error);
}

std::string openssl_client(const Endpoint& server, const std::string& arguments,
                           const std::string& dialogue) {
  const std::string address = server.is_ipv6() ? '[' + server.address + ']' : server.address;
  const std::string command = fmt::format(
      "printf '%s' '{}' | timeout 10 openssl s_client -connect {}:{} -crlf -ign_eof {} 2>&1",
      dialogue, address, server.port, arguments);
  const auto result = run_command({"sh", "-c", command});
  return result.output;
}

}  // namespace portcullis::testing
