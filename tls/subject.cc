#include "tls/subject.h"

#include "policy/ip_address.h"

namespace portcullis {
namespace {

constexpr std::size_t kMaxCommonName = 64;  // ub-common-name of RFC 5280 appendix A.1

using NameHandle = std::unique_ptr<GENERAL_NAME, FreedBy<GENERAL_NAME_free>>;
using StringHandle = std::unique_ptr<ASN1_STRING, FreedBy<ASN1_STRING_free>>;

NameHandle general_name(const std::string& host) {
  NameHandle name(GENERAL_NAME_new());
  if (IpAddress::parse(host)) {
    ASN1_OCTET_STRING* address = a2i_IPADDRESS(host.c_str());
    if (address == nullptr) return nullptr;
    GENERAL_NAME_set0_value(name.get(), GEN_IPADD, address);
    return name;
  }
  StringHandle text(ASN1_IA5STRING_new());
  if (ASN1_STRING_set(text.get(), host.data(), static_cast<int>(host.size())) != 1) return nullptr;
  GENERAL_NAME_set0_value(name.get(), GEN_DNS, text.release());
  return name;
}

bool has_common_name(const std::vector<std::string>& hosts) {
  return !hosts.empty() && hosts.front().size() <= kMaxCommonName;
}

}  // namespace

ExtensionHandle alternative_names(const std::vector<std::string>& hosts) {
  const NamesHandle names(sk_GENERAL_NAME_new_null());
  for (const std::string& host : hosts) {
    NameHandle name = general_name(host);
    if (name == nullptr || sk_GENERAL_NAME_push(names.get(), name.get()) == 0) return nullptr;
    static_cast<void>(name.release());
  }
  const int critical = has_common_name(hosts) ? 0 : 1;
  return ExtensionHandle(X509V3_EXT_i2d(NID_subject_alt_name, critical, names.get()));
}

SubjectHandle subject_for(const std::vector<std::string>& hosts) {
  SubjectHandle subject(X509_NAME_new());
  if (!has_common_name(hosts)) return subject;
  const std::string& host = hosts.front();
  X509_NAME_add_entry_by_NID(subject.get(), NID_commonName, MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(host.data()),
                             static_cast<int>(host.size()), -1, 0);
  return subject;
}

}  // namespace portcullis
