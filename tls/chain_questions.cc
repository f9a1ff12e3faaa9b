// The certificates behind the server's own: each issues the one before it (RFC 8446 section 4.4.2).

#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "config/time_text.h"
#include "tls/questions.h"

namespace portcullis {
namespace {

class Chain {
 public:
  Chain(const std::vector<Certificate>& served, Time at, Diagnostics& found)
      : served_(served), at_(at), found_(found), used_(served.size()) {}

  void check() {
    find_duplicates();
    used_[0] = true;
    std::size_t last = 0;
    bool in_order = true;
    while (!is_self_issued(served_[last])) {
      const auto issuer = issuer_of(last);
      if (!issuer) {
        no_issuer(last);
        break;
      }
      in_order = in_order && *issuer > last;
      used_[*issuer] = true;
      last = *issuer;
      check_issuer(served_[last]);
    }
    if (!in_order) out_of_order();
    find_left_over();
  }

 private:
  void add(Severity severity, std::string_view code, const Certificate& certificate,
           std::string reason, std::string repair) {
    found_.add({severity, certificate.file, certificate.line, subject_of(certificate),
                std::move(reason), std::move(repair), code});
  }

  void find_duplicates() {
    for (std::size_t i = 0; i < served_.size(); ++i) {
      for (std::size_t j = 0; j < i && !used_[i]; ++j) {
        if (!is_same(served_[i], served_[j])) continue;
        used_[i] = true;
        add(Severity::warning, "duplicate-certificate", served_[i],
            fmt::format("is the certificate of {}:{} again", served_[j].file, served_[j].line),
            "remove one of the two");
      }
    }
  }

  // Of two that fit, the one that stands next: both versions of a cross-signed issuer may be there.
  std::optional<std::size_t> issuer_of(std::size_t index) const {
    for (std::size_t step = 1; step < served_.size(); ++step) {
      const std::size_t i = (index + step) % served_.size();
      if (!used_[i] && names_as_issuer(served_[index], served_[i]) &&
          is_signed_by(served_[index], served_[i])) {
        return i;
      }
    }
    return std::nullopt;
  }

  void no_issuer(std::size_t index) {
    const Certificate& certificate = served_[index];
    for (std::size_t i = 0; i < served_.size(); ++i) {
      if (used_[i] || !has_name_of_issuer(certificate, served_[i])) continue;
      used_[i] = true;
      return add(Severity::error, "issuer-key-differs", served_[i],
                 fmt::format("has the name of the issuer of {}:{}, but another key",
                             certificate.file, certificate.line),
                 "get the issuer's certificate again; it has been replaced by a new one");
    }
    if (index > 0) return;  // the last one is issued by a root that clients have
    add(Severity::warning, "chain-missing", certificate,
        fmt::format("was issued by {}, which is in none of the files",
                    facts_of(certificate).issuer),
        "append the issuer's certificate, unless all clients have it as a root");
  }

  void check_issuer(const Certificate& issuer) {
    const bool root = is_self_issued(issuer);
    if (!is_ca(issuer)) {
      add(Severity::error, "issuer-not-ca", issuer, "issues certificates, but is no authority",
          "get the certificate from an authority");
    }
    check_dates(issuer, root ? Severity::warning : Severity::error);
    check_strength(issuer, found_);
    if (root) {
      add(Severity::note, "root-included", issuer, "is a root: clients have it, or do not trust it",
          "leave it out; it only makes each handshake longer");
    }
  }

  // A root that is sent is not looked at by clients that have a newer one.
  void check_dates(const Certificate& issuer, Severity severity) {
    const auto begin = time_of(X509_get0_notBefore(issuer.x509.get()));
    const auto end = time_of(X509_get0_notAfter(issuer.x509.get()));
    constexpr std::string_view kRepair = "get the issuer's present certificate";
    if (!begin || !end) {
      add(severity, "bad-date", issuer, "has a date that is none", std::string(kRepair));
    } else if (at_ < *begin) {
      add(severity, "issuer-not-yet-valid", issuer,
          fmt::format("is an issuer that is not valid before {}", time_text(*begin)),
          std::string(kRepair));
    } else if (at_ > *end) {
      add(severity, "issuer-expired", issuer,
          fmt::format("is an issuer that expired on {}", time_text(*end)), std::string(kRepair));
    }
  }

  void out_of_order() {
    add(Severity::warning, "chain-out-of-order", served_[1],
        "and what follows it do not stand in the order of issue",
        "put behind each certificate the one that issued it; not every client sorts them");
  }

  void find_left_over() {
    for (std::size_t i = 0; i < served_.size(); ++i) {
      if (used_[i]) continue;
      const bool ca = is_ca(served_[i]);
      add(Severity::warning, ca ? "not-linked" : "several-leaves", served_[i],
          ca ? "issued none of the certificates before it"
             : "is another certificate of a server, not an issuer of the first",
          ca ? "remove it, or put the issuer in its place"
             : "keep it in a file of its own, with its key");
    }
  }

  const std::vector<Certificate>& served_;
  Time at_;
  Diagnostics& found_;
  std::vector<bool> used_;  // in the chain, or already spoken of
};

}  // namespace

void check_chain(const std::vector<Certificate>& served, Time at, Diagnostics& found) {
  Chain(served, at, found).check();
}

}  // namespace portcullis
