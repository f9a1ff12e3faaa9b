#include "contrib/sendmail/authorities.h"

#include <algorithm>
#include <set>

#include "config/text_file.h"
#include "contrib/sendmail/configuration_files.h"
#include "contrib/sendmail/draft.h"
#include "tls/certificate_check.h"
#include "tls/pem_blocks.h"

namespace portcullis::sendmail {
namespace {

enum class Take { all, issuers, own };

struct Source {
  const Written<std::string>* file = nullptr;
  Take take = Take::all;
};

// Certificates that listeners show, each once.
std::vector<const CertificateFiles*> shown_certificates(const MtaSettings& settings) {
  std::vector<const CertificateFiles*> shown;
  for (const ListenerDelivery& delivery : settings.listeners) {
    for (const auto& [name, line] : delivery.certificates) {
      const CertificateFiles* const files = settings.find_certificate(name);
      if (files != nullptr && std::ranges::count(shown, files) == 0) shown.push_back(files);
    }
  }
  return shown;
}

std::vector<Source> sources_of(const MtaSettings& settings) {
  std::vector<Source> sources;
  for (const CertificateFiles* files : shown_certificates(settings)) {
    sources.push_back({files->chain ? &*files->chain : &files->certificate, Take::issuers});
  }
  for (const ListenerDelivery& delivery : settings.listeners) {
    if (delivery.client_ca) sources.push_back({&*delivery.client_ca, Take::all});
  }
  const OutgoingSettings& outgoing = settings.outgoing;
  if (outgoing.tls && outgoing.tls->value == OutgoingTls::verify) {
    static const Written<std::string> system{kSystemAuthorities, 0};
    sources.push_back({outgoing.ca ? &*outgoing.ca : &system, Take::all});
  }
  return sources;
}

class Bundle {
 public:
  explicit Bundle(const MtaSettings& settings) : settings_(settings) {}

  void take(const Source& source) {
    const std::string& path = source.file->value;
    const auto file = read_text_file(path, TextFileKind::policy);
    if (!file) {
      found_.error(settings_.policy_file, source.file->line, path, file.error().problem.reason,
                   file.error().problem.repair, "cannot-read");
      return;
    }
    const CheckedCertificates certificates = read_certificates(path);
    Diagnostics ignored;  // certificate check tells them
    bool first = true;
    for (const PemBlock& block : find_pem_blocks(file->text, path, ignored)) {
      // Never a key, which may stand in the same file.
      if (block.kind != PemKind::certificate) continue;
      if (source.take == Take::all || (source.take == Take::own && first) ||
          (source.take == Take::issuers && !is_root(certificates, block.line))) {
        add(block.text);
      }
      first = false;
    }
  }

  bool empty() const { return text_.empty(); }

  tl::expected<std::string, Diagnostics> result() && {
    if (found_.has_errors()) return tl::unexpected(std::move(found_));
    return std::move(text_);
  }

 private:
  static bool is_root(const CheckedCertificates& certificates, std::uint32_t line) {
    return std::ranges::any_of(certificates.certificates, [&](const CertificateFacts& facts) {
      return facts.line == line && facts.self_signed;
    });
  }

  void add(std::string_view block) {
    if (!seen_.insert(std::string(block)).second) return;
    text_ += block;
    if (!text_.ends_with('\n')) text_ += '\n';
  }

  const MtaSettings& settings_;
  std::set<std::string> seen_;
  std::string text_;
  Diagnostics found_;
};

}  // namespace

tl::expected<std::string, Diagnostics> authorities_text(const MtaSettings& settings) {
  Bundle bundle(settings);
  for (const Source& source : sources_of(settings)) bundle.take(source);
  if (bundle.empty()) {
    // Sendmail takes no empty file. Nobody but the holder of the key can use this one.
    for (const CertificateFiles* files : shown_certificates(settings)) {
      bundle.take({&files->certificate, Take::own});
    }
  }
  return std::move(bundle).result();
}

tl::expected<void, Diagnostics> renew_authorities(const MtaSettings& settings,
                                                  const SendmailTarget& target) {
  const std::string path = authorities_file(settings, target);
  if (path.empty() || !read_if_there(path)) return {};
  const auto text = authorities_text(settings);
  if (!text) return tl::unexpected(text.error());
  if (const auto written = put_file(path, *text, kPublicFile); !written) {
    Diagnostics found;
    found.add(written.error());
    return tl::unexpected(std::move(found));
  }
  return {};
}

}  // namespace portcullis::sendmail
