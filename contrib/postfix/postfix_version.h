#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace portcullis {

// "3.7.11", "3.10.0-RC1", "3.12-20260821": what mail_version says.
struct PostfixVersion {
  int major = 0;
  int minor = 0;

  static std::optional<PostfixVersion> parse(std::string_view text);

  std::string to_string() const;

  friend auto operator<=>(const PostfixVersion&, const PostfixVersion&) = default;
};

// Since when Postfix has what we write (its RELEASE_NOTES).
namespace since {
inline constexpr PostfixVersion kMilterAttributes{3, 0};  // {unix:..., default_action=...}
inline constexpr PostfixVersion kChainFiles{3, 4};        // smtpd_tls_chain_files, SNI
inline constexpr PostfixVersion kHostLists{3, 5};         // relayhost = [a], [b]
inline constexpr PostfixVersion kLeastProtocol{3, 6};     // smtpd_tls_protocols = >=TLSv1.2
}  // namespace since

}  // namespace portcullis
