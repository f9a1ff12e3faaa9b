#pragma once

#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

#include <openssl/crypto.h>

namespace portcullis {

// The text of a file that may hold a private key. Its memory is wiped before it is given back; a
// move takes the memory along, and nothing is ever copied. Views of it stay good over a move.
class SecretText {
 public:
  explicit SecretText(std::size_t capacity) : bytes_(capacity) {}
  SecretText(SecretText&& other) noexcept
      : bytes_(std::move(other.bytes_)), size_(std::exchange(other.size_, 0)) {}
  SecretText(const SecretText&) = delete;
  SecretText& operator=(const SecretText&) = delete;
  SecretText& operator=(SecretText&&) = delete;
  ~SecretText() { OPENSSL_cleanse(bytes_.data(), bytes_.size()); }

  char* data() { return bytes_.data(); }
  std::size_t capacity() const { return bytes_.size(); }
  // How much of it has been filled. At most capacity().
  void set_size(std::size_t size) { size_ = size; }
  std::string_view view() const { return {bytes_.data(), size_}; }

 private:
  std::vector<char> bytes_;
  std::size_t size_ = 0;
};

}  // namespace portcullis
