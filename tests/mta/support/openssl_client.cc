#include "tests/mta/support/openssl_client.h"

#include <stdexcept>

#include <fmt/core.h>

#include "tests/mta/support/child_process.h"

namespace portcullis::testing {
namespace {

// Arguments: the directory, the names.
constexpr const char* kScript = R"(
set -euf
cd {0}
export OPENSSL_CONF=/dev/null
key() {{ openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out $1.key 2>/dev/null; }}
authority() {{
  key $1
  openssl req -x509 -new -key $1.key -subj "/CN=$1" -days 30 -out $1.pem \
    -config req.cnf -extensions ca
}}
issue() {{
  case $1 in \*.*) file=any.${{1#??}} ;; *) file=$1 ;; esac
  key $file
  openssl req -new -config req.cnf -key $file.key -subj "/CN=$1" -out $file.csr
  printf 'basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=serverAuth,clientAuth\nsubjectAltName=DNS:%s\n' $1 >$file.ext
  openssl x509 -req -in $file.csr -CA $2.pem -CAkey $2.key -days 200 -extfile $file.ext \
    -out $file.pem -CAcreateserial 2>/dev/null
}}
printf '[req]\ndistinguished_name=dn\n[dn]\n[ca]\nbasicConstraints=critical,CA:TRUE\nkeyUsage=keyCertSign,cRLSign\nsubjectKeyIdentifier=hash\n' >req.cnf
authority ca
authority other-ca
issue stranger other-ca
for name in {1}; do issue $name ca; done
)";

// $1: where to; $2: arguments; standard input: the dialogue. The first line goes when the server
// has greeted; with -starttls when s_client tells the last line of its own EHLO, behind the
// handshake.
constexpr const char* kPatient = R"(
mapfile -t dialogue
coproc client { timeout 10 openssl s_client -connect "$1" -crlf -ign_eof -nocommands $2 2>&1; }
exec 3<&"${client[0]}" 4>&"${client[1]}"
while IFS= read -r line <&3; do
  line=${line%$'\r'}
  printf '%s\n' "$line"
  case $line in
    [0-9][0-9][0-9]' '*) printf '%s\n' "${dialogue[0]-QUIT}" >&4 2>/dev/null || break ;;
    *) continue ;;
  esac
  dialogue=("${dialogue[@]:1}")
done
)";

std::string place_of(const Endpoint& server) {
  const std::string address = server.is_ipv6() ? '[' + server.address + ']' : server.address;
  return fmt::format("{}:{}", address, server.port);
}

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
  const std::string command = fmt::format(
      "printf '%s' '{}' | timeout 10 openssl s_client -connect {} -crlf -ign_eof {} 2>&1", dialogue,
      place_of(server), arguments);
  return run_command({"sh", "-c", command}).output;
}

std::string patient_openssl_client(const Endpoint& server, const std::string& arguments,
                                   const std::string& dialogue) {
  const auto result =
      run_command({"sh", "-c", "printf '%s' \"$4\" | bash -c \"$1\" bash \"$2\" \"$3\"", "sh",
                   kPatient, place_of(server), arguments, dialogue});
  return result.output + result.error;
}

}  // namespace portcullis::testing
