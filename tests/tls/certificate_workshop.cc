#include "tests/tls/certificate_workshop.h"

#include <filesystem>
#include <sstream>
#include <stdexcept>

#include "tests/mta/support/child_process.h"

namespace portcullis::testing {
namespace {

// key NAME [CURVE]; issue NAME KEY ISSUER DAYS EXTENSIONS [OPTIONS]: signed by the key of ISSUER.
constexpr std::string_view kScript = R"(
set -eu
export OPENSSL_CONF=/dev/null
key() { openssl genpkey -algorithm EC -pkeyopt "ec_paramgen_curve:${2-P-256}" -out "$1.key"; }
request() { openssl req -new -config req.cnf -key "$2.key" -subj "/CN=$1" -out "$1.csr"; }
issue() {
  name=$1 key=$2 issuer=$3 days=$4 extensions=$5; shift 5
  [ -s "$name.csr" ] || request "$name" "$key"
  printf '%b' "$extensions" >ext
  openssl x509 -req -in "$name.csr" -CA "$issuer.crt" -CAkey "$issuer.key" -set_serial 7 \
    -days "$days" -extfile ext -out "$name.crt" "$@" 2>>log
}
self() {
  name=$1 key=$2 days=$3 extensions=$4
  request "$name" "$key"
  printf '%b' "$extensions" >ext
  openssl x509 -req -in "$name.csr" -signkey "$key.key" -days "$days" -extfile ext \
    -out "$name.crt" 2>>log
}
printf '[req]\ndistinguished_name=dn\n[dn]\n' >req.cnf
for name in root inter inter2 leaf other; do key $name; done
san='subjectAltName=DNS:mx.example.com,DNS:*.mail.example.com,IP:192.0.2.1\n'
common='basicConstraints=critical,CA:FALSE\n'
server="${common}keyUsage=digitalSignature\nextendedKeyUsage=serverAuth\n"
ca='basicConstraints=critical,CA:TRUE\nkeyUsage=keyCertSign,cRLSign\nsubjectKeyIdentifier=hash\n'
self root root 3650 "$ca"
issue inter inter root 1000 "$ca"
cp inter.csr inter-short.csr; issue inter-short inter root 10 "$ca"
# Another intermediate of the same name, as an authority makes when it changes its key.
openssl req -new -config req.cnf -key inter2.key -subj /CN=inter -out inter2.csr
issue inter2 inter2 root 1000 "$ca"
issue leaf leaf inter 365 "$server$san"
issue rekeyed other inter2 365 "$server$san"
issue leaf-keyid leaf inter 365 "$server${san}authorityKeyIdentifier=keyid"
issue other other inter 365 "$server$san"
issue short leaf inter 6 "$server$san"
issue client leaf inter 365 "${common}extendedKeyUsage=clientAuth\n$san"
issue usage leaf inter 365 "${common}keyUsage=dataEncipherment\n$san"
issue plain leaf inter 365 "$common$san"
issue nameless leaf inter 365 "$server"
issue authority leaf inter 365 "$ca$san"
issue sha1 leaf inter 365 "$server$san" -sha1
issue below leaf leaf 365 "$server$san"
issue direct leaf root 365 "$server$san"
cp inter.csr inter-sha1.csr; issue inter-sha1 inter root 1000 "$ca" -sha1
self self leaf 365 "$server$san"
key p224 secp224r1
issue p224 p224 inter 365 "$server$san"
openssl genrsa -out rsa1024.key 1024 2>>log
issue rsa1024 rsa1024 inter 365 "$server$san"
openssl genrsa -traditional -out rsa2048.key 2048 2>>log
issue rsa2048 rsa2048 inter 365 "$server$san"
cp rsa2048.key inter-rsa.key; issue inter-rsa inter-rsa root 1000 "$ca"
issue md5 leaf inter-rsa 365 "$server$san" -md5
openssl genpkey -algorithm ED25519 -out ed25519.key
issue ed25519 ed25519 inter 365 "$server$san"
openssl pkey -in leaf.key -aes128 -passout pass:secret -out encrypted.key
openssl ec -in leaf.key -aes128 -passout pass:secret -out encrypted-old.key 2>>log
openssl ec -in leaf.key -out sec1.key 2>>log
openssl ecparam -name prime256v1 -out parameters.pem
openssl pkey -in leaf.key -pubout -out public.pem
openssl x509 -in leaf.crt -trustout -addtrust serverAuth -out trusted.crt
openssl x509 -in leaf.crt -outform DER -out leaf.der
openssl x509 -in leaf.crt -text -out leaf-text.crt
openssl pkey -in leaf.key -outform DER -out leaf-key.der
openssl crl2pkcs7 -nocrl -certfile leaf.crt -out leaf.p7b
cat root.crt inter.crt >root-inter.pem
openssl pkcs12 -export -in leaf.crt -inkey leaf.key -passout pass:secret -out leaf.p12
openssl pkcs12 -export -in leaf.crt -inkey leaf.key -certfile root-inter.pem -passout pass:secret \
  -out chain.p12
openssl pkcs12 -export -in leaf.crt -inkey leaf.key -passout pass: -out no-passphrase.p12
openssl pkcs12 -export -nokeys -in leaf.crt -passout pass:secret -out no-key.p12
openssl pkcs12 -export -legacy -in leaf.crt -inkey leaf.key -passout pass:secret -out rc2.p12
# First: it says of the certificates that they are not encrypted.
no_mac() { openssl pkcs12 -export -nomac -in leaf.crt -inkey leaf.key "$@"; }
no_mac -passout pass:secret -out no-mac.p12
no_mac -passout pass: -keypbe NONE -certpbe NONE -out plain.p12
no_mac -passout pass:secret -keypbe AES-256-CBC -certpbe NONE -out key-pbes2.p12
no_mac -passout pass:secret -keypbe NONE -certpbe AES-256-CBC -out certificate-pbes2.p12
no_mac -passout pass:secret -keypbe PBE-SHA1-3DES -certpbe NONE -out key-pbe.p12
no_mac -passout pass:secret -keypbe NONE -certpbe PBE-SHA1-3DES -out certificate-pbe.p12
# By PKCS12_create(3) without a passphrase, which is not an empty one and not for openssl(1) to make:
# for mx.example.com, until 2100.
base64 -d >null-passphrase.p12 <<END
MIIELAIBAzCCA+IGCSqGSIb3DQEHAaCCA9MEggPPMIIDyzCCAoIGCSqGSIb3DQEHBqCCAnMwggJvAgEAMIICaAYJKoZIhvcN
AQcBMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAjpw4f0a9olpwICCAAwDAYIKoZIhvcNAgkFADAdBglghkgBZQME
ASoEEGffjOZs+k7v8Bi5Ziqq9dCAggIAVrpakASlC0if/TBMrNlYzOdsS4uAHD5IKWaCU4CUUIIPy++bpPi1SfjBLX1YFgQI
/AVXNFeszSYqavoskA4bjk8Bh+tk3kD5xcIeBm2zSQtDfY+6pwB2b6dJJdQ346od8HYGQlw86nTCXXvAlNmIOfimX667eDOF
4O7OiPTi0wtsRXPOYJS5sag2p6la/3JjaQJvJlsTD1doAC6ERFOP+Zlk5eaUIEkga3XkKS3ztcv/KzpSNpM5N5OaddyZOkN9
r2kNGIio3+TOq2ZYO9euZHEvQ5T9TmiLxkl3UmmKhmX3LoQnAJn/YHdrRFRJclAIsdifwUpAqLvj8qsncrzTHcYwj0PyQgJc
E5AXYVoFU71awjiy5fCPhLfe0qpsWIeMn9kt2KsfjjYXNM5Of5yfCQqSf1Ti3AB0n34UMUSkaODVKr/aQwWbNayfh11ocU17
7V0xv3sfUTFhMB4A9u9NI1c86VKEVZu/TbPzyNk9sWof49dS+Q6YapY7gCY4PPr9x132Wi+5DhGuYZtVb2pVYNxhtGdWQ3Wh
jpWHCE9xbPuFT7geKYs3D8dNaAZJ7esxfPqT7Zp4m5/DK1CVBwde0W6hAIQ9KZQE08CRcTbV4gVOCecMVgF6JX3vOCKX6Uwp
FGIWcbLPFuC+o+qDDhX7mExB2/MTje+E/DPnWBhBBekwggFBBgkqhkiG9w0BBwGgggEyBIIBLjCCASowggEmBgsqhkiG9w0B
DAoBAqCB7zCB7DBXBgkqhkiG9w0BBQ0wSjApBgkqhkiG9w0BBQwwHAQIm5OsQ4aBuWgCAggAMAwGCCqGSIb3DQIJBQAwHQYJ
YIZIAWUDBAEqBBCdmehJxp8CY2rJc3OnoYV+BIGQTFMjcfvuKvBaxU93TqIvacRd6RuAG6UnxMcGH5hCNXanZPPMnJknAITL
sRtk3c3xCM+11QvopM+kcCiKW4KQvkgFkACrEClM8xn02TPYH/2Cx80ICBqegJ7Al1o0flUDntgjkFwYpClu7CFBm+63/0F8
zcF18HjOGjWOknpRGi7YXSP+6CA60OiKR0yVfci7MSUwIwYJKoZIhvcNAQkVMRYEFJt/MC/mVQ2vwsyfngeJWAlg7755MEEw
MTANBglghkgBZQMEAgEFAAQgMHfgeNsa8VoY9/aJU+ZoiYygSwSyWZOcNlE750PFLxYECPtARrQW279yAgIIAA==
END
openssl pkcs12 -export -in other.crt -inkey other.key -passout pass:secret -out other.p12
# Outside of their time whenever the test runs.
printf '[ca]\ndefault_ca=d\n[d]\nnew_certs_dir=.\ndatabase=index\nserial=number\n' >ca.cnf
printf 'default_md=sha256\npolicy=p\nx509_extensions=e\nunique_subject=no\n[p]\n' >>ca.cnf
printf 'commonName=supplied\n[e]\n%b' "$server$san" >>ca.cnf
: >index; echo 10 >number
dated() {
  openssl ca -batch -config ca.cnf -cert inter.crt -keyfile inter.key -in leaf.csr -notext \
    -startdate "$2" -enddate "$3" -out "$1.crt" 2>>log
}
dated expired 20200101000000Z 20210101000000Z
dated future 20400101000000Z 20410101000000Z
)";

}  // namespace

CertificateWorkshop::CertificateWorkshop()
    : made_(std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now())) {
  const std::string script = "cd " + directory_.path().string() + "\n" + std::string(kScript);
  const CommandResult result = run_command({"sh", "-c", script});
  if (!result.status.success()) throw std::runtime_error("openssl: " + result.error);
}

const CertificateWorkshop& CertificateWorkshop::instance() {
  static const CertificateWorkshop workshop;
  return workshop;
}

std::string CertificateWorkshop::text(const std::string& names) const {
  std::string text;
  std::istringstream words(names);
  for (std::string name; words >> name;) {
    const std::string file = read_file(directory_ / name);
    if (file.empty()) throw std::runtime_error("there is no certificate " + name);
    text += file;
  }
  return text;
}

}  // namespace portcullis::testing
