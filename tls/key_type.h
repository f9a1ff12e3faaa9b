#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace portcullis {

// The private keys that are made here: what every mail server of today takes.
enum class KeyType : std::uint8_t { ecdsa_p256, ecdsa_p384, rsa_3072 };

// By KeyType, as they are typed.
inline constexpr std::array<std::string_view, 3> kKeyTypeNames = {"ecdsa-p256", "ecdsa-p384",
                                                                  "rsa-3072"};

}  // namespace portcullis
