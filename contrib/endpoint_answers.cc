#include "contrib/endpoint_answers.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace portcullis {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kFirstPause{50};
constexpr milliseconds kLongestPause{800};

// `left` is for all endpoints together.
tl::expected<EndpointAnswer, std::string> ask(const MtaEndpoint& endpoint,
                                              const ApplyOptions& options, milliseconds& left) {
  for (auto pause = kFirstPause;; pause = std::min(pause * 2, kLongestPause)) {
    const auto asked = std::chrono::steady_clock::now();
    auto answer = options.probe(endpoint);
    left -= std::chrono::ceil<milliseconds>(std::chrono::steady_clock::now() - asked);
    if (answer || left.count() <= 0) return answer;
    options.wait(pause);
    left -= pause;
  }
}

}  // namespace

std::vector<MtaEndpoint> answering(const std::vector<MtaEndpoint>& endpoints,
                                   const EndpointProbe& probe) {
  std::vector<MtaEndpoint> all;
  for (MtaEndpoint endpoint : endpoints) {
    bool answers = probe(endpoint).has_value();
    if (!answers && std::exchange(endpoint.starttls, false)) answers = probe(endpoint).has_value();
    if (answers) all.push_back(std::move(endpoint));
  }
  return all;
}

tl::expected<Diagnostics, Diagnostics> wait_for_answers(const std::vector<MtaEndpoint>& endpoints,
                                                        const ApplyOptions& options) {
  Diagnostics silent;
  Diagnostics notes;
  auto left = options.patience;
  for (const MtaEndpoint& endpoint : endpoints) {
    const auto answer = ask(endpoint, options, left);
    if (answer == EndpointAnswer::works) continue;
    const std::string place = fmt::format("{} port {}", endpoint.address, endpoint.port);
    if (answer) {
      notes.note(options.directory, 0, place,
                 fmt::format("of listener {} turns this host away, so its TLS was not tried",
                             endpoint.listener),
                 "ask it from a host that is permitted: portcullis certificate check --connect",
                 "tls-not-tried");
      continue;
    }
    silent.error(options.directory, 0, place,
                 fmt::format("of listener {} does not work: {}", endpoint.listener, answer.error()),
                 {}, "no-answer");
  }
  if (silent.has_errors()) return tl::unexpected(std::move(silent));
  return notes;
}

}  // namespace portcullis
