// TLS of one listener: whether, with which certificates, and what clients must show.

#include <algorithm>

#include <fmt/format.h>

#include "contrib/postfix/plan_draft.h"
#include "contrib/postfix/postfix_text.h"

namespace portcullis {
namespace {

// Key, certificate, issuers: the order in which Postfix wants the files of one chain.
std::vector<std::string> chain_of(const PlanDraft& draft, const CertificateFiles& files) {
  std::vector<std::string> chain = {draft.path_item(files.key, "key"),
                                    draft.path_item(files.certificate, "certificate")};
  if (files.chain) chain.push_back(draft.path_item(*files.chain, "chain"));
  return chain;
}

class ListenerTlsPlanner {
 public:
  ListenerTlsPlanner(const PlanDraft& draft, const ListenerDelivery& l, PlannedService& service)
      : draft_(draft), l_(l), service_(service) {}

  void plan() {
    plan_level();
    plan_certificates();
    plan_client_certificates();
  }

 private:
  void override_with(std::string name, std::string value, std::uint32_t line) {
    service_.overrides.push_back({std::move(name), std::move(value), line});
  }

  void plan_level() {
    if (service_.implicit_tls) {
      override_with("smtpd_tls_wrappermode", "yes", service_.line);
      override_with("smtpd_tls_security_level", "encrypt", service_.line);
    } else if (l_.tls) {
      const ListenerTls tls = l_.tls->value;
      override_with("smtpd_tls_security_level",
                    tls == ListenerTls::off   ? "none"
                    : tls == ListenerTls::may ? "may"
                                              : "encrypt",
                    l_.tls->line);
    }
  }

  std::vector<const CertificateFiles*> certificates() const {
    std::vector<const CertificateFiles*> all;
    for (const auto& name : l_.certificates) {
      if (const auto* files = draft_.policy.find_certificate(name.value)) all.push_back(files);
    }
    return all;
  }

  void plan_certificates() {
    const auto all = certificates();
    if (all.empty()) return;
    if (draft_.facts.version < since::kChainFiles) {
      plan_single_certificate(*all.front(), all.size());
      return;
    }
    std::vector<std::string> chains;
    std::vector<const CertificateFiles*> by_name;
    for (const CertificateFiles* files : all) {
      if (has_names_of_its_own(*files, *all.front())) {
        by_name.push_back(files);
        continue;
      }
      for (std::string& file : chain_of(draft_, *files)) chains.push_back(std::move(file));
    }
    override_with("smtpd_tls_chain_files", join_items(chains, ","), l_.certificates.front().line);
    if (!by_name.empty()) plan_names(by_name);
  }

  // Postfix keeps one certificate of each algorithm, the last one of the list, so that one for
  // another name is given only to those who ask for that name.
  static bool has_names_of_its_own(const CertificateFiles& files, const CertificateFiles& first) {
    return std::ranges::any_of(files.hosts, [&](const auto& host) {
      return std::ranges::find(first.hosts, host.value, &Written<std::string>::value) ==
             first.hosts.end();
    });
  }

  void plan_names(const std::vector<const CertificateFiles*>& certificates) {
    const std::string name = "portcullis_sni_" + l_.listener.name;
    override_with("tls_server_sni_maps", fmt::format("texthash:{}{}", kOwnFiles, name),
                  l_.certificates.front().line);
    if (std::ranges::any_of(draft_.plan.files, [&](const auto& f) { return f.name == name; })) {
      return;  // another address of the listener has made it
    }
    std::string text = "# Certificates by the name that the client asks for; read by smtpd(8).\n";
    for (const CertificateFiles* files : certificates) {
      text += origin_comment(draft_.policy, files->line);
      for (const auto& [host, line] : files->hosts) {
        if (IpAddress::parse(host)) continue;  // TLS has names only
        text += fmt::format("{}\t{}\n", host, join_items(map_files(*files), ", "));
      }
    }
    draft_.plan.files.push_back({name, text, false});
  }

  // In a map nothing is expanded, so that "$" stands for itself.
  std::vector<std::string> map_files(const CertificateFiles& files) const {
    chain_of(draft_, files);  // says what is wrong with the paths
    std::vector<std::string> chain = {files.key.value, files.certificate.value};
    if (files.chain) chain.push_back(files.chain->value);
    return chain;
  }

  void plan_single_certificate(const CertificateFiles& files, std::size_t count) {
    const std::uint32_t line = l_.certificates.front().line;
    const std::string version = draft_.facts.version.to_string();
    if (count > 1) {
      draft_.warning(
          line, fmt::format("[certificate {}]", files.name),
          fmt::format("is the only one that Postfix {} shows; it knows no list", version),
          "upgrade to 3.4, or name one certificate", "one-certificate");
    }
    if (files.chain) {
      draft_.warning(files.chain->line, "chain = " + files.chain->value,
                     fmt::format("is not sent by Postfix {}, which reads one file", version),
                     "put the issuers behind the certificate in its file", "no-chain-file");
    }
    override_with("smtpd_tls_cert_file", draft_.path_item(files.certificate, "certificate"), line);
    override_with("smtpd_tls_key_file", draft_.path_item(files.key, "key"), line);
  }

  void plan_client_certificates() {
    if (l_.client_ca) {
      override_with("smtpd_tls_CAfile", draft_.path_item(*l_.client_ca, "client_ca"),
                    l_.client_ca->line);
    }
    if (!l_.client_certificate) return;
    const auto& [value, line] = *l_.client_certificate;
    override_with("smtpd_tls_ask_ccert", value == ClientCertificate::ignore ? "no" : "yes", line);
    override_with("smtpd_tls_req_ccert", value == ClientCertificate::require ? "yes" : "no", line);
  }

  const PlanDraft& draft_;
  const ListenerDelivery& l_;
  PlannedService& service_;
};

}  // namespace

void plan_listener_tls(const PlanDraft& draft, const ListenerDelivery& listener,
                       PlannedService& service) {
  ListenerTlsPlanner(draft, listener, service).plan();
}

}  // namespace portcullis
