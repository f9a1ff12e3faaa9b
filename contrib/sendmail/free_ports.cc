#include "contrib/sendmail/free_ports.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <vector>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "contrib/sendmail/services.h"

#include "editing/descriptor.h"

namespace portcullis::sendmail {
namespace {

std::vector<std::string> bound_addresses(const ListenAddresses& addresses) {
  if (addresses.kind == ListenAddresses::Kind::all) return {"::"};
  if (addresses.kind == ListenAddresses::Kind::loopback) return {"127.0.0.1", "::1"};
  std::vector<std::string> all;
  for (const IpAddress address : addresses.chosen) all.push_back(address.to_string());
  return all;
}

// errno's value, or 0. As Sendmail does it: SO_REUSEADDR, and IPv4 behind IPv6.
int try_to_bind(const std::string& address, std::uint16_t port) {
  sockaddr_in6 six{};
  sockaddr_in four{};
  const bool is_six = inet_pton(AF_INET6, address.c_str(), &six.sin6_addr) == 1;
  if (!is_six && inet_pton(AF_INET, address.c_str(), &four.sin_addr) != 1) return 0;
  six.sin6_family = AF_INET6;
  four.sin_family = AF_INET;
  six.sin6_port = four.sin_port = htons(port);
  const Descriptor socket(::socket(is_six ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!socket) return errno;
  const int on = 1;
  setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  // NOLINTBEGIN(cppcoreguidelines-pro-type-reinterpret-cast): bind(2) has it so
  const int result =
      is_six ? ::bind(socket.get(), reinterpret_cast<const sockaddr*>(&six), sizeof six)
             : ::bind(socket.get(), reinterpret_cast<const sockaddr*>(&four), sizeof four);
  // NOLINTEND(cppcoreguidelines-pro-type-reinterpret-cast)
  return result == 0 ? 0 : errno;
}

class Ports {
 public:
  Ports(const MtaSettings& settings, const std::string& cf_file)
      : settings_(settings),
        own_(read_sendmail_services(cf_file).value_or(std::vector<MtaService>{})) {}

  Diagnostics check() && {
    for (const ListenerDelivery& delivery : settings_.listeners) {
      try_port(delivery, delivery.listener.port, "port");
      const auto& second = delivery.listener.implicit_tls_port;
      if (second) try_port(delivery, *second, "implicit_tls_port");
    }
    return std::move(found_);
  }

 private:
  void try_port(const ListenerDelivery& delivery, std::uint16_t port, std::string_view option) {
    if (std::ranges::find(own_, port, &MtaService::port) != own_.end()) return;
    for (const std::string& address : bound_addresses(delivery.listener.addresses)) {
      const int error = try_to_bind(address, port);
      if (error == 0) continue;
      found_.error(settings_.policy_file, delivery.place.line_of(option),
                   fmt::format("{} = {}", option, port),
                   fmt::format("cannot be listened on at {}: {}", address, std::strerror(error)),
                   "see who has it: ss -ltnp", "port-in-use");
    }
  }

  const MtaSettings& settings_;
  std::vector<MtaService> own_;
  Diagnostics found_;
};

}  // namespace

Diagnostics check_ports(const MtaSettings& settings, const std::string& cf_file) {
  return Ports(settings, cf_file).check();
}

}  // namespace portcullis::sendmail
