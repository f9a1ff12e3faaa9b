#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "policy/policy.h"
#include "tls/key_type.h"
#include "tls/pem_set.h"

namespace portcullis {

// A new key and a certificate that it has signed itself, for these host names and addresses, which
// have been checked to be such and are at least one. For servers only, not an authority; valid from
// `from`. Nothing if OpenSSL cannot make one.
std::optional<PemSet> make_self_signed(KeyType type, const std::vector<std::string>& hosts,
                                       Time from, std::chrono::days lifetime);

}  // namespace portcullis
