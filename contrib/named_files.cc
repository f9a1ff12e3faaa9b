#include "contrib/named_files.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <set>
#include <string>

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "contrib/mta_configuration.h"
#include "tls/certificate_check.h"

#include "host/host_addresses.h"

namespace portcullis {
namespace {

class NamedFiles {
 public:
  explicit NamedFiles(const MtaSettings& settings) : settings_(settings) {}

  Diagnostics check() && {
    std::set<std::string_view> used;
    for (const ListenerDelivery& l : settings_.listeners) {
      for (const auto& name : l.certificates) {
        const CertificateFiles* const files = settings_.find_certificate(name.value);
        if (files != nullptr && used.insert(files->name).second) check_certificate(*files);
      }
      if (l.client_ca) check_authorities(*l.client_ca, "client_ca");
      check_addresses(l);
    }
    if (settings_.outgoing.ca) check_authorities(*settings_.outgoing.ca, "ca");
    return std::move(found_);
  }

 private:
  // By the line of the policy; where it is in the file is part of the reason.
  void add(const Diagnostics& about_files, std::uint32_t line, const std::string& title) {
    for (Diagnostic d : about_files.sorted()) {
      const std::string place = d.line == 0 ? d.file : fmt::format("{}, line {}", d.file, d.line);
      d.reason = fmt::format("in {}: {}{}", place,
                             d.culprit.empty() ? std::string() : '"' + d.culprit + "\" ", d.reason);
      d.culprit = title;
      d.file = settings_.policy_file;
      d.line = line;
      found_.add(std::move(d));
    }
  }

  void check_certificate(const CertificateFiles& files) {
    CertificateSet set;
    set.certificate_file = files.certificate.value;
    set.key_file = files.key.value;
    if (files.chain) set.chain_file = files.chain->value;
    for (const auto& host : files.hosts) set.hosts.push_back(host.value);
    const auto now = std::chrono::time_point_cast<Time::duration>(std::chrono::system_clock::now());
    add(check_certificates(set, now).found, files.line,
        fmt::format("[certificate {}]", files.name));
  }

  void check_authorities(const Written<std::string>& file, std::string_view option) {
    const CheckedCertificates read = read_certificates(file.value);
    add(read.found, file.line, fmt::format("{} = {}", option, file.value));
  }

  // Neither master(8) nor Sendmail runs if it cannot bind an address.
  void check_addresses(const ListenerDelivery& l) {
    const auto host = host_addresses();
    for (const IpAddress address : l.listener.addresses.chosen) {
      const bool ours = std::ranges::any_of(host.interfaces, [&](const InterfaceAddress& i) {
        return i.address == address || (i.interface == "lo" && i.network.contains(address));
      });
      if (ours) continue;
      found_.error(settings_.policy_file, l.place.line_of("address"), address.to_string(),
                   "is no address of this host, and no mail server runs if it cannot listen there",
                   "write an address that ip addr shows", "foreign-address");
    }
  }

  const MtaSettings& settings_;
  Diagnostics found_;
};

// Why nobody answers at the path; nothing if somebody does.
std::optional<std::string> connect_problem(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) return "has too long a path";
  std::ranges::copy(path, std::begin(address.sun_path));
  const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (socket < 0) return {};
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): connect(2) has it so
  const int result = connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  const int error = errno;
  close(socket);
  if (result == 0 || error == EAGAIN) return {};
  return fmt::format("does not answer: {}", std::strerror(error));
}

}  // namespace

Diagnostics check_named_files(const MtaSettings& settings) {
  return NamedFiles(settings).check();
}

Diagnostics check_milter_socket(const MtaSettings& settings) {
  Diagnostics found;
  const auto& [socket, line] = settings.milter_socket;
  if (!socket.starts_with("unix:")) return found;
  if (const auto problem = connect_problem(socket.substr(5))) {
    found.warning(settings.policy_file, line, "socket = " + socket, *problem,
                  "start portcullisd; until then clients get what milter_down says", kMilterAway);
  }
  return found;
}

}  // namespace portcullis
