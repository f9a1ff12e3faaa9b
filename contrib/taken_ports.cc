#include "contrib/taken_ports.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <vector>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "editing/descriptor.h"

namespace portcullis {
namespace {

std::vector<std::string> bound_addresses(const ListenAddresses& addresses) {
  if (addresses.kind == ListenAddresses::Kind::all) return {"::"};
  if (addresses.kind == ListenAddresses::Kind::loopback) return {"127.0.0.1", "::1"};
  std::vector<std::string> all;
  for (const IpAddress address : addresses.chosen) all.push_back(address.to_string());
  return all;
}

// errno's value, or 0.
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

bool listens_on(const MtaService& service, const IpAddress& address) {
  if (service.address) return *service.address == address;
  const auto& interfaces = service.interfaces;
  return interfaces.empty() || std::ranges::find(interfaces, address) != interfaces.end();
}

// Behind one address of the MTA's own nothing can be bound on "::", so it is not tried.
bool is_own(const std::string& address, std::uint16_t port, const std::vector<MtaService>& now) {
  const auto bound = IpAddress::parse(address);
  const bool is_any = address == "::";
  return std::ranges::any_of(now, [&](const MtaService& service) {
    return service.port == port && (is_any || !bound || listens_on(service, *bound));
  });
}

class Ports {
 public:
  Ports(const MtaSettings& settings, const std::vector<MtaService>& now)
      : settings_(settings), now_(now) {}

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
    for (const std::string& address : bound_addresses(delivery.listener.addresses)) {
      if (is_own(address, port, now_)) continue;
      const int error = try_to_bind(address, port);
      // Loopback and "all" mean what the host has of them.
      const bool is_chosen = delivery.listener.addresses.kind == ListenAddresses::Kind::chosen;
      if (error != EADDRINUSE && !(is_chosen && error == EADDRNOTAVAIL)) continue;
      found_.error(settings_.policy_file, delivery.place.line_of(option),
                   fmt::format("{} = {}", option, port),
                   fmt::format("cannot be listened on at {}: {}", address, std::strerror(error)),
                   error == EADDRINUSE ? "see who has it: ss -ltnp"
                                       : "see which addresses the host has: ip address",
                   error == EADDRINUSE ? "port-in-use" : "no-such-address");
    }
  }

  const MtaSettings& settings_;
  const std::vector<MtaService>& now_;
  Diagnostics found_;
};

}  // namespace

Diagnostics find_taken_ports(const MtaSettings& settings, const std::vector<MtaService>& now) {
  return Ports(settings, now).check();
}

}  // namespace portcullis
