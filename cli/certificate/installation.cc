#include "cli/certificate/installation.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <utility>

#include "tls/key_place.h"
#include "tls/secret_file.h"

namespace portcullis {
namespace {

constexpr mode_t kKeyMode = 0600;
constexpr mode_t kMostOfKey = 0640;
constexpr mode_t kCertificateMode = 0644;

bool exists(const std::string& path) {
  std::error_code error;
  return std::filesystem::exists(path, error);
}

bool holds_key(const CertificateFiles& files) {
  return files.key.value == files.certificate.value;
}

bool has_chain_file(const CertificateFiles& files) {
  return files.chain && files.chain->value != files.certificate.value;
}

// The certificate last, right behind its key: until it has its name too, the old one and the new
// key do not belong together.
std::vector<FileGroup::Member> members_of(const CertificateFiles& files) {
  std::vector<FileGroup::Member> members;
  if (has_chain_file(files)) members.push_back({files.chain->value, kCertificateMode, 0644});
  if (holds_key(files)) {
    members.push_back({files.certificate.value, kKeyMode, kMostOfKey});
  } else {
    members.push_back({files.key.value, kKeyMode, kMostOfKey});
    members.push_back({files.certificate.value, kCertificateMode, 0644});
  }
  return members;
}

SecretText joined(const std::vector<std::string_view>& parts) {
  std::size_t size = 0;
  for (const std::string_view part : parts) size += part.size();
  SecretText text(size);
  char* end = text.data();
  for (const std::string_view part : parts) end = std::ranges::copy(part, end).out;
  text.set_size(size);
  return text;
}

tl::unexpected<Diagnostics> refused(Diagnostic why) {
  Diagnostics found;
  found.add(std::move(why));
  return tl::unexpected(std::move(found));
}

tl::expected<Installation, Diagnostics> install_texts(const CertificateFiles& files,
                                                      const std::vector<std::string_view>& texts) {
  if (auto found = check_place(files); found.has_errors()) return tl::unexpected(std::move(found));
  const auto members = members_of(files);
  auto group = FileGroup::open(members);
  if (!group) return refused(std::move(group.error()));
  Installation done{*std::move(group), false, false, {}, false};
  done.kept_previous = exists(files.certificate.value);
  done.finished_another = done.group.has_finished_another();
  const auto changed = done.group.replace(texts);
  if (!changed) return refused(changed.error());
  done.changed = *changed;
  done.kept_previous = done.kept_previous && done.changed;
  for (const FileGroup::Member& member : members) done.files.push_back(member.path);
  return done;
}

}  // namespace

Diagnostics check_place(const CertificateFiles& files) {
  return check_key_place(files.key.value, kKeyMode, kMostOfKey);
}

tl::expected<Installation, Diagnostics> install(const PemSet& set, const CertificateFiles& files) {
  const bool apart = has_chain_file(files);
  if (apart && set.issuers.empty()) {
    return refused(Diagnostic{Severity::error,
                              files.chain->value,
                              0,
                              {},
                              "would be empty: there are no issuers to put into it",
                              "give them by --chain, or remove the chain file from the policy",
                              "no-issuers"});
  }
  const std::string_view behind = apart ? std::string_view() : std::string_view(set.issuers);
  const bool combined = holds_key(files);
  const SecretText certificate =
      joined({combined ? set.key.view() : std::string_view(), set.leaf, behind});
  std::vector<std::string_view> texts;
  if (apart) texts.push_back(set.issuers);
  if (!combined) texts.push_back(set.key.view());
  texts.push_back(certificate.view());
  return install_texts(files, texts);
}

tl::expected<Installation, Diagnostics> install_previous(const CertificateFiles& files) {
  std::vector<SecretFile> kept;
  std::vector<std::string_view> texts;
  Diagnostics unread;
  const auto members = members_of(files);
  kept.reserve(members.size());
  for (const FileGroup::Member& member : members) {
    auto file = read_secret_file(previous_of(member.path), unread);
    if (!file) return tl::unexpected(std::move(unread));
    texts.push_back(kept.emplace_back(std::move(*file)).text.view());
  }
  return install_texts(files, texts);
}

CertificateFiles previous_files(const CertificateFiles& files) {
  CertificateFiles before = files;
  before.certificate.value = previous_of(files.certificate.value);
  before.key.value = previous_of(files.key.value);
  if (before.chain) before.chain->value = previous_of(files.chain->value);
  return before;
}

}  // namespace portcullis
