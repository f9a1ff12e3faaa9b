#include "tls/pem_blocks.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>

namespace portcullis {
namespace {

constexpr std::string_view kBegin = "-----BEGIN ";
constexpr std::string_view kEnd = "-----END ";
constexpr std::string_view kDashes = "-----";
constexpr std::size_t kMaxLabel = 64;

PemKind kind_of(std::string_view label, std::string_view text) {
  if (label == "CERTIFICATE" || label == "X509 CERTIFICATE") return PemKind::certificate;
  if (label == "ENCRYPTED PRIVATE KEY") return PemKind::encrypted_key;
  if (label == "PRIVATE KEY" || label == "RSA PRIVATE KEY" || label == "EC PRIVATE KEY" ||
      label == "DSA PRIVATE KEY") {
    const bool encrypted = text.find("Proc-Type: 4,ENCRYPTED") != std::string_view::npos;
    return encrypted ? PemKind::encrypted_key : PemKind::private_key;
  }
  return label.ends_with(" PARAMETERS") ? PemKind::parameters : PemKind::other;
}

// "CERTIFICATE" of "-----BEGIN CERTIFICATE-----", or nothing if the line is none of these.
std::optional<std::string_view> label_of(std::string_view line, std::string_view start) {
  if (!line.starts_with(start)) return std::nullopt;
  line.remove_prefix(start.size());
  if (!line.ends_with(kDashes)) return std::nullopt;
  line.remove_suffix(kDashes.size());
  if (line.size() > kMaxLabel) return std::nullopt;
  return line;
}

// OpenSSL overlooks blanks at the end of a line, and so CRLF.
std::string_view without_line_end(std::string_view line) {
  while (!line.empty() && (static_cast<unsigned char>(line.back()) <= ' ')) line.remove_suffix(1);
  return line;
}

class BlockFinder {
 public:
  BlockFinder(std::string_view text, const std::string& file, Diagnostics& found)
      : text_(text), file_(file), found_(found) {}

  std::vector<PemBlock> find() && {
    while (at_ < text_.size() && !full_) {
      const std::size_t end = std::min(text_.find('\n', at_), text_.size() - 1) + 1;
      ++line_;
      take_line(without_line_end(text_.substr(at_, end - at_)), end);
      at_ = end;
    }
    if (open_ && !full_) unclosed();
    return std::move(blocks_);
  }

 private:
  void take_line(std::string_view line, std::size_t end) {
    if (const auto label = label_of(line, kBegin)) {
      if (open_) unclosed();
      open_ = PemBlock{PemKind::other, std::string(*label), line_, {}};
      start_ = at_;
    } else if (const auto closed = label_of(line, kEnd)) {
      close(*closed, end);
    } else if (line.find(kBegin) != std::string_view::npos) {
      malformed(line_, "has a BEGIN that does not stand alone in its line: the block is overlooked",
                "remove what stands before and behind it in the line, a byte order mark included");
    }
  }

  void close(std::string_view label, std::size_t end) {
    if (!open_ || open_->label != label) {
      malformed(line_, fmt::format("has an END of {} that nothing begins", label),
                "copy the block again, all of its lines");
    } else if (blocks_.size() == kMaxPemBlocks) {
      full_ = true;
      found_.error(file_, line_, {}, fmt::format("has more than {} blocks", kMaxPemBlocks),
                   "leave the certificate and its issuers in it, nothing else", "too-many-blocks");
    } else {
      open_->text = text_.substr(start_, end - start_);
      open_->kind = kind_of(open_->label, open_->text);
      blocks_.push_back(*std::move(open_));
    }
    open_.reset();
  }

  void unclosed() {
    malformed(open_->line, fmt::format("has a BEGIN of {} without its END", open_->label),
              "copy the block again, all of its lines");
  }

  void malformed(std::uint32_t line, std::string reason, std::string repair) {
    found_.error(file_, line, {}, std::move(reason), std::move(repair), "malformed-pem");
  }

  std::string_view text_;
  const std::string& file_;
  Diagnostics& found_;
  std::vector<PemBlock> blocks_;
  std::optional<PemBlock> open_;
  std::size_t at_ = 0;
  std::size_t start_ = 0;
  std::uint32_t line_ = 0;
  bool full_ = false;
};

}  // namespace

std::vector<PemBlock> find_pem_blocks(std::string_view text, const std::string& file,
                                      Diagnostics& found) {
  return BlockFinder(text, file, found).find();
}

}  // namespace portcullis
