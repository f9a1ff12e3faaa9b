// The server's own certificate: dates, strength, purpose and names.

#include <algorithm>
#include <chrono>
#include <string>

#include <fmt/format.h>
#include <openssl/objects.h>

#include "config/time_text.h"
#include "policy/ip_address.h"
#include "tls/questions.h"

namespace portcullis {
namespace {

using std::chrono::days;

constexpr days kSoon{30};
constexpr int kLeastRsaBits = 2048;   // NIST SP 800-57 part 1, table 4: 112 bits of strength
constexpr int kLeastCurveBits = 256;  // P-256; no client of a mail server offers less
constexpr int kLeastSecurityBits = 112;

// About one certificate.
class Findings {
 public:
  Findings(const Certificate& certificate, Diagnostics& found)
      : certificate_(certificate), subject_(subject_of(certificate)), found_(found) {}

  void add(Severity severity, std::string_view code, std::string reason, std::string repair) {
    found_.add({severity, certificate_.file, certificate_.line, subject_, std::move(reason),
                std::move(repair), code});
  }

 private:
  const Certificate& certificate_;
  std::string subject_;
  Diagnostics& found_;
};

void check_dates(const Certificate& leaf, Time at, Findings& findings) {
  const auto begin = time_of(X509_get0_notBefore(leaf.x509.get()));
  const auto end = time_of(X509_get0_notAfter(leaf.x509.get()));
  if (!begin || !end) {
    return findings.add(Severity::error, "bad-date", "has a date that is none",
                        "have it issued again");
  }
  if (at < *begin) {
    findings.add(Severity::error, "not-yet-valid",
                 fmt::format("is not valid before {}", time_text(*begin)),
                 "wait, or set the clock of this host right");
  }
  // A certificate of six days is not renewed thirty days ahead.
  const auto soon = std::min<std::chrono::seconds>(kSoon, (*end - *begin) / 3);
  const auto left = std::chrono::floor<days>(*end - at).count();
  if (at > *end) {
    findings.add(Severity::error, "expired", fmt::format("expired on {}", time_text(*end)),
                 "renew it");
  } else if (*end - at < soon) {
    findings.add(Severity::warning, "expires-soon",
                 fmt::format("expires on {}; it has {} day{} left", time_text(*end), left,
                             left == 1 ? "" : "s"),
                 "renew it, and see why that has not happened by itself");
  }
}

void check_purpose(const Certificate& leaf, Findings& findings) {
  X509* x509 = leaf.x509.get();
  if (is_ca(leaf)) {
    findings.add(Severity::warning, "ca-as-leaf",
                 "is the certificate of an authority (CA:TRUE), not of a server",
                 "have one issued with basicConstraints CA:FALSE; some clients refuse this one");
  }
  if ((X509_get_extended_key_usage(x509) & XKU_SSL_SERVER) == 0) {
    findings.add(Severity::error, "wrong-purpose",
                 "is not for servers: its extendedKeyUsage lacks serverAuth",
                 "have one issued with extendedKeyUsage serverAuth");
  } else if (!is_ca(leaf) && X509_check_purpose(x509, X509_PURPOSE_SSL_SERVER, 0) != 1) {
    findings.add(Severity::error, "wrong-purpose", "is not for servers: its keyUsage forbids it",
                 "have one issued with keyUsage digitalSignature");
  }
}

bool covers(const Certificate& leaf, const std::string& host) {
  X509* x509 = leaf.x509.get();
  if (IpAddress::parse(host)) return X509_check_ip_asc(x509, host.c_str(), 0) == 1;
  // RFC 6125 section 6.4: the subject is not asked, and a wildcard is a whole label.
  constexpr unsigned kFlags =
      X509_CHECK_FLAG_NEVER_CHECK_SUBJECT | X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS;
  return X509_check_host(x509, host.data(), host.size(), kFlags, nullptr) == 1;
}

// b.a.example.com, and example.com itself, to *.example.com.
bool is_near_wildcard(const std::string& host, const std::vector<std::string>& names) {
  return std::ranges::any_of(names, [&](const std::string& name) {
    return name.starts_with("*.") && host.ends_with(name.substr(2));
  });
}

void check_names(const Certificate& leaf, const std::vector<std::string>& hosts,
                 Findings& findings) {
  const std::vector<std::string> names = names_of(leaf);
  if (names.empty()) {
    return findings.add(hosts.empty() ? Severity::warning : Severity::error, "no-names",
                        "has no name or address in its subjectAltName; nobody reads the subject",
                        "have one issued with subjectAltName DNS:HOST for each name of the server");
  }
  for (const std::string& host : hosts) {
    if (covers(leaf, host)) continue;
    findings.add(
        Severity::error, "name-not-covered",
        fmt::format(
            "does not cover \"{}\", but {}{}", host, fmt::join(names, ", "),
            is_near_wildcard(host, names) ? "; a wildcard stands for exactly one label" : ""),
        fmt::format("have one issued with subjectAltName {}:{} too",
                    IpAddress::parse(host) ? "IP" : "DNS", host));
  }
}

void check_self_signed(const Certificate& leaf, Findings& findings) {
  if (!is_self_issued(leaf) || !is_signed_by(leaf, leaf)) return;
  findings.add(Severity::note, "self-signed", "is signed by itself",
               "mail is encrypted with it, but clients cannot tell who you are");
}

// Why the key is too weak, or nothing.
std::string weakness_of(const EVP_PKEY* key) {
  const int bits = EVP_PKEY_get_bits(key);
  const bool rsa = EVP_PKEY_is_a(key, "RSA") == 1 || EVP_PKEY_is_a(key, "RSA-PSS") == 1;
  if (rsa && bits < kLeastRsaBits) return fmt::format("less than {} bits", kLeastRsaBits);
  if (EVP_PKEY_is_a(key, "EC") == 1 && bits < kLeastCurveBits) return "a curve below P-256";
  if (EVP_PKEY_is_a(key, "DSA") == 1) return "DSA, which TLS has given up";
  return EVP_PKEY_get_security_bits(key) < kLeastSecurityBits ? "too easy to break" : "";
}

bool is_weak_digest(int digest) {
  return digest == NID_md5 || digest == NID_sha1 || digest == NID_md4 || digest == NID_md2 ||
         digest == NID_md5_sha1;
}

}  // namespace

void check_strength(const Certificate& certificate, Diagnostics& found) {
  Findings findings(certificate, found);
  const EVP_PKEY* key = X509_get0_pubkey(certificate.x509.get());
  if (const std::string weakness = weakness_of(key); !weakness.empty()) {
    findings.add(Severity::error, "weak-key",
                 fmt::format("has a key of {}: {}", describe_key(key), weakness),
                 "make a new key, of EC P-256 or RSA 2048 at least, and have a certificate issued "
                 "for it");
  }
  int digest = NID_undef;
  X509_get_signature_info(certificate.x509.get(), &digest, nullptr, nullptr, nullptr);
  // Nobody verifies the signature of a root: it is trusted for where it is kept.
  if (is_weak_digest(digest) && !is_self_issued(certificate)) {
    findings.add(Severity::error, "weak-signature",
                 fmt::format("is signed with {}, which can be forged", OBJ_nid2sn(digest)),
                 "have it issued again, with SHA-256");
  }
}

void check_leaf(const Certificate& leaf, const std::vector<std::string>& hosts, Time at,
                Diagnostics& found) {
  Findings findings(leaf, found);
  check_dates(leaf, at, findings);
  check_strength(leaf, found);
  check_purpose(leaf, findings);
  check_names(leaf, hosts, findings);
  check_self_signed(leaf, findings);
}

}  // namespace portcullis
