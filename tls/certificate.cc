#include "tls/certificate.h"

#include <array>
#include <chrono>
#include <ctime>
#include <memory>
#include <utility>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/pem.h>

namespace portcullis {
namespace {

// What has been written to a memory BIO.
std::string text_of(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return size > 0 ? std::string(data, static_cast<std::size_t>(size)) : std::string();
}

std::string text_of(const X509_NAME* name) {
  const BioHandle bio(BIO_new(BIO_s_mem()));
  X509_NAME_print_ex(bio.get(), name, 0, XN_FLAG_RFC2253);
  return text_of(bio.get());
}

std::string hex(const unsigned char* bytes, std::size_t size) {
  std::string out;
  for (std::size_t i = 0; i < size; ++i) out += fmt::format("{:02x}", bytes[i]);
  return out;
}

std::string serial_of(const X509* x509) {
  const BioHandle bio(BIO_new(BIO_s_mem()));
  i2a_ASN1_INTEGER(bio.get(), X509_get0_serialNumber(x509));
  return text_of(bio.get());
}

std::string fingerprint_of(const X509* x509) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  if (X509_digest(x509, EVP_sha256(), digest.data(), &size) != 1) return {};
  return hex(digest.data(), size);
}

std::string address_text(const ASN1_OCTET_STRING* octets) {
  const int size = ASN1_STRING_length(octets);
  if (size != 4 && size != 16) return {};
  std::array<char, INET6_ADDRSTRLEN> text{};
  ::inet_ntop(size == 4 ? AF_INET : AF_INET6, ASN1_STRING_get0_data(octets), text.data(),
              text.size());
  return text.data();
}

std::string name_text(const GENERAL_NAME* name) {
  if (name->type == GEN_DNS) {
    return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(name->d.dNSName)),
            static_cast<std::size_t>(ASN1_STRING_length(name->d.dNSName))};
  }
  return name->type == GEN_IPADD ? address_text(name->d.iPAddress) : std::string();
}

}  // namespace

std::vector<Certificate> decode_certificates(const PemFile& file, Diagnostics& found) {
  std::vector<Certificate> certificates;
  for (const PemBlock& block : file.blocks) {
    if (block.kind != PemKind::certificate) continue;
    const BioHandle bio(BIO_new_mem_buf(block.text.data(), static_cast<int>(block.text.size())));
    X509Handle x509(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
    ERR_clear_error();
    if (x509 != nullptr && X509_get0_pubkey(x509.get()) != nullptr) {
      certificates.push_back({file.path, block.line, std::move(x509)});
    } else {
      found.error(file.path, block.line, {}, "has a certificate that cannot be decoded",
                  "copy the block again, all of its lines", "bad-certificate");
    }
    ERR_clear_error();
  }
  return certificates;
}

std::string subject_of(const Certificate& certificate) {
  return text_of(X509_get_subject_name(certificate.x509.get()));
}

std::vector<std::string> names_of(const Certificate& certificate) {
  const NamesHandle names(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate.x509.get(), NID_subject_alt_name, nullptr, nullptr)));
  std::vector<std::string> texts;
  for (int i = 0; i < sk_GENERAL_NAME_num(names.get()); ++i) {
    std::string text = name_text(sk_GENERAL_NAME_value(names.get(), i));
    if (!text.empty()) texts.push_back(std::move(text));
  }
  return texts;
}

std::optional<Time> time_of(const ASN1_TIME* time) {
  std::tm broken_down{};
  if (ASN1_TIME_to_tm(time, &broken_down) != 1) return std::nullopt;
  return Time(std::chrono::seconds(::timegm(&broken_down)));
}

bool is_self_issued(const Certificate& certificate) {
  return X509_NAME_cmp(X509_get_subject_name(certificate.x509.get()),
                       X509_get_issuer_name(certificate.x509.get())) == 0;
}

bool is_ca(const Certificate& certificate) {
  const int kind = X509_check_ca(certificate.x509.get());
  return kind == 1 || kind == 3;  // by basicConstraints, or self-signed of version 1
}

bool is_same(const Certificate& a, const Certificate& b) {
  return X509_cmp(a.x509.get(), b.x509.get()) == 0;
}

bool names_as_issuer(const Certificate& certificate, const Certificate& issuer) {
  const int answer = X509_check_issued(issuer.x509.get(), certificate.x509.get());
  // That it may not sign certificates is said of the issuer itself.
  return answer == X509_V_OK || answer == X509_V_ERR_KEYUSAGE_NO_CERTSIGN;
}

bool has_name_of_issuer(const Certificate& certificate, const Certificate& issuer) {
  return X509_NAME_cmp(X509_get_issuer_name(certificate.x509.get()),
                       X509_get_subject_name(issuer.x509.get())) == 0;
}

bool is_signed_by(const Certificate& certificate, const Certificate& issuer) {
  const int answer = X509_verify(certificate.x509.get(), X509_get0_pubkey(issuer.x509.get()));
  ERR_clear_error();
  return answer == 1;
}

std::string describe_key(const EVP_PKEY* key) {
  std::array<char, 80> group{};
  if (EVP_PKEY_is_a(key, "EC") == 1 &&
      EVP_PKEY_get_group_name(key, group.data(), group.size(), nullptr) == 1) {
    return fmt::format("EC {}", group.data());
  }
  const char* type = EVP_PKEY_get0_type_name(key);
  const std::string name = type != nullptr ? type : "unknown";
  return name.starts_with("ED") ? name : fmt::format("{} {}", name, EVP_PKEY_get_bits(key));
}

CertificateFacts facts_of(const Certificate& certificate) {
  X509* x509 = certificate.x509.get();
  const char* signature = OBJ_nid2ln(X509_get_signature_nid(x509));
  return {certificate.file,
          certificate.line,
          subject_of(certificate),
          text_of(X509_get_issuer_name(x509)),
          serial_of(x509),
          names_of(certificate),
          time_of(X509_get0_notBefore(x509)),
          time_of(X509_get0_notAfter(x509)),
          describe_key(X509_get0_pubkey(x509)),
          signature != nullptr ? signature : "unknown",
          fingerprint_of(x509),
          is_ca(certificate),
          is_self_issued(certificate) && is_signed_by(certificate, certificate)};
}

}  // namespace portcullis
