#include "tls/pkcs12_cost.h"

#include <algorithm>

#include <openssl/asn1.h>
#include <openssl/err.h>

namespace portcullis {
namespace {

template <typename Type, auto kFree>
using StackOf = std::unique_ptr<Type, FreedBy<kFree>>;

constexpr auto kFreeParts = [](STACK_OF(PKCS7) * parts) { sk_PKCS7_pop_free(parts, PKCS7_free); };
constexpr auto kFreeBags = [](STACK_OF(PKCS12_SAFEBAG) * bags) {
  sk_PKCS12_SAFEBAG_pop_free(bags, PKCS12_SAFEBAG_free);
};
using Parts = StackOf<STACK_OF(PKCS7), kFreeParts>;
using Bags = StackOf<STACK_OF(PKCS12_SAFEBAG), kFreeBags>;

using OldParameters = std::unique_ptr<PBEPARAM, FreedBy<PBEPARAM_free>>;
using NewParameters = std::unique_ptr<PBE2PARAM, FreedBy<PBE2PARAM_free>>;
using Pbkdf2Parameters = std::unique_ptr<PBKDF2PARAM, FreedBy<PBKDF2PARAM_free>>;
using ScryptParameters = std::unique_ptr<SCRYPT_PARAMS, FreedBy<SCRYPT_PARAMS_free>>;

constexpr std::uint64_t kTooMany = kMaxDerivationSteps + 1;

// At most kTooMany. What is no number is for OpenSSL to refuse, but is not trusted to be small.
std::uint64_t number(const ASN1_INTEGER* integer) {
  std::uint64_t value = 0;
  if (ASN1_INTEGER_get_uint64(&value, integer) != 1) return kTooMany;
  return std::min(value, kTooMany);
}

// Null if they are something else.
template <typename Handle>
Handle parameters_of(const X509_ALGOR* algorithm, const ASN1_ITEM* kind) {
  return Handle(
      static_cast<typename Handle::pointer>(ASN1_TYPE_unpack_sequence(kind, algorithm->parameter)));
}

// RFC 8018 appendix A.2, RFC 7914 section 7.
std::uint64_t steps_of_derivation(const X509_ALGOR* function) {
  switch (OBJ_obj2nid(function->algorithm)) {
    case NID_id_pbkdf2: {
      const auto pbkdf2 = parameters_of<Pbkdf2Parameters>(function, ASN1_ITEM_rptr(PBKDF2PARAM));
      return pbkdf2 == nullptr ? 0 : number(pbkdf2->iter);
    }
    case NID_id_scrypt: {
      const auto scrypt = parameters_of<ScryptParameters>(function, ASN1_ITEM_rptr(SCRYPT_PARAMS));
      if (scrypt == nullptr) return 0;
      const std::uint64_t blocks = number(scrypt->costParameter) * number(scrypt->blockSize);
      return std::min(std::min(blocks, kTooMany) * number(scrypt->parallelizationParameter),
                      kTooMany);
    }
    default:
      return 0;  // OpenSSL knows no other, and refuses it
  }
}

std::uint64_t steps_of(const X509_ALGOR* encryption) {
  if (OBJ_obj2nid(encryption->algorithm) == NID_pbes2) {
    const auto parameters = parameters_of<NewParameters>(encryption, ASN1_ITEM_rptr(PBE2PARAM));
    return parameters == nullptr ? 0 : steps_of_derivation(parameters->keyfunc);
  }
  const auto parameters = parameters_of<OldParameters>(encryption, ASN1_ITEM_rptr(PBEPARAM));
  return parameters == nullptr ? 0 : number(parameters->iter);
}

// Goes through a file in the order in which PKCS12_parse(3) does, and stops where it is too slow.
class Steps {
 public:
  explicit Steps(const char* passphrase) : passphrase_(passphrase) {}

  bool are_too_many() const { return taken_ > kMaxDerivationSteps; }

  void add_part(PKCS7* part) {
    if (PKCS7_type_is_data(part)) {
      add_bags(Bags(PKCS12_unpack_p7data(part)).get());
    } else if (PKCS7_type_is_encrypted(part)) {
      add(part->d.encrypted->enc_data->algorithm);
      if (!are_too_many()) add_bags(Bags(PKCS12_unpack_p7encdata(part, passphrase_, -1)).get());
    }
  }

 private:
  void add(const X509_ALGOR* encryption) { taken_ += steps_of(encryption); }

  void add_bags(const STACK_OF(PKCS12_SAFEBAG) * bags) {
    for (int i = 0; i < sk_PKCS12_SAFEBAG_num(bags); ++i) {
      const PKCS12_SAFEBAG* const bag = sk_PKCS12_SAFEBAG_value(bags, i);
      const int kind = PKCS12_SAFEBAG_get_nid(bag);
      if (kind == NID_safeContentsBag) add_bags(PKCS12_SAFEBAG_get0_safes(bag));
      if (kind != NID_pkcs8ShroudedKeyBag) continue;
      const X509_ALGOR* encryption = nullptr;
      X509_SIG_get0(PKCS12_SAFEBAG_get0_pkcs8(bag), &encryption, nullptr);
      add(encryption);
    }
  }

  const char* const passphrase_;
  std::uint64_t taken_ = 0;
};

}  // namespace

bool has_slow_mac(const PKCS12* file) {
  const ASN1_INTEGER* iterations = nullptr;
  PKCS12_get0_mac(nullptr, nullptr, nullptr, &iterations, file);
  return iterations != nullptr && number(iterations) > kMaxDerivationSteps;
}

bool has_slow_contents(const PKCS12* file, const char* passphrase) {
  Steps steps(passphrase);
  const Parts parts(PKCS12_unpack_authsafes(file));
  for (int i = 0; i < sk_PKCS7_num(parts.get()) && !steps.are_too_many(); ++i) {
    steps.add_part(sk_PKCS7_value(parts.get(), i));
  }
  ERR_clear_error();
  return steps.are_too_many();
}

}  // namespace portcullis
