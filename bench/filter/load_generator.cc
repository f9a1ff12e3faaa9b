// Milter sessions from one process, over a Unix socket, as an MTA has them. Fails at the first
// session that is refused, broken, or answered otherwise than the list says.

#include <algorithm>
#include <cstdio>
#include <exception>
#include <fstream>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/core.h>

#include "bench/filter/milter_exchange.h"

namespace portcullis::bench {
namespace {

struct Options {
  std::string socket;
  std::string list;
  std::string addresses;
  std::string write_addresses;
  std::string samples;
  std::uint64_t seed = 20261121;
  double listed_share = 0.1;
  bool expects_rejects = false;
  std::size_t clients = 4;
  std::size_t idle = 0;
  double warm_up = 0;
  double seconds = 1;
  std::uint64_t sessions = 0;  // 0: as many as the seconds hold
  double rate = 0;
  bool json = false;
};

// Clients that take turns. More than sessions at once, so that none holds two connections.
constexpr std::size_t kClients = 1 << 16;

MilterLoad make_load(const Options& options) {
  const ListedRanges listed =
      options.list.empty() ? ListedRanges() : ListedRanges::read(options.list);
  MilterLoad load;
  load.socket_path = options.socket;
  load.expects_rejects = options.expects_rejects;
  load.clients = options.addresses.empty()
                     ? random_clients(kClients, options.seed, options.listed_share, listed)
                     : read_clients(options.addresses);
  return load;
}

// Sessions that are let in and then say nothing.
class HeldSessions {
 public:
  HeldSessions(const MilterLoad& like, std::size_t count)
      : load_{.socket_path = like.socket_path,
              .clients = like.clients,
              .expects_rejects = like.expects_rejects,
              .next_client = like.clients.size() / 2} {
    for (std::size_t i = 0; i < count; ++i) {
      sessions_.push_back(std::make_unique<MilterExchange>(load_, MilterExchange::Length::held));
    }
  }

  void open() {
    constexpr std::size_t kAtOnce = 64;
    std::vector<Exchange*> all;
    for (const auto& session : sessions_) all.push_back(session.get());
    for (std::span<Exchange* const> left = all; !left.empty();) {
      const auto some = left.first(std::min(kAtOnce, left.size()));
      const LoadResult result = LoadLoop().run(some, {.sessions = some.size()});
      if (!result.failure.empty()) throw std::runtime_error("to be held: " + result.failure);
      left = left.subspan(some.size());
    }
  }

  std::ptrdiff_t lost() const {
    return std::ranges::count_if(sessions_, [](const auto& each) { return !each->still_held(); });
  }

 private:
  MilterLoad load_;
  std::vector<std::unique_ptr<MilterExchange>> sessions_;
};

// One line a session, so that a reader can cut out a time: its end by CLOCK_MONOTONIC, and what the
// answer to CONNECT took, both in nanoseconds.
void write_samples(const std::string& path, const Latencies& latencies) {
  std::ofstream file(path);
  for (const Latencies::Sample& sample : latencies.samples()) {
    file << sample.end.time_since_epoch().count() << ' ' << sample.nanoseconds << '\n';
  }
}

void print_json(const MilterLoad& load, const LoadResult& result, std::size_t idle) {
  fmt::print(R"({{"sessions": {}, "seconds": {:.3f}, "sessions_per_second": {:.1f}, "idle": {}, )"
             R"("continued": {}, "rejected": {}, "heard_helo": {}, "late": {}, )"
             R"("connect_us": {}, "session_us": {}}})"
             "\n",
             result.sessions, result.time.count(), result.rate(), idle, load.continued,
             load.rejected, load.heard_helo, result.late, load.connect.to_json(),
             load.session.to_json());
}

void print_text(const MilterLoad& load, const LoadResult& result) {
  fmt::print("{} sessions in {:.2f} s: {:.0f}/s; {} let in, {} rejected\n", result.sessions,
             result.time.count(), result.rate(), load.continued, load.rejected);
  fmt::print("CONNECT, microseconds: {}\n", load.connect.to_json());
  fmt::print("session, microseconds: {}\n", load.session.to_json());
}

LoadResult run_load(MilterLoad& load, std::size_t clients, const LoadLimits& limits) {
  std::vector<std::unique_ptr<MilterExchange>> owned;
  std::vector<Exchange*> exchanges;
  for (std::size_t i = 0; i < clients; ++i) {
    exchanges.push_back(owned.emplace_back(std::make_unique<MilterExchange>(load)).get());
  }
  const LoadResult result = LoadLoop().run(exchanges, limits);
  if (!result.failure.empty()) throw std::runtime_error(result.failure);
  return result;
}

void forget_figures(MilterLoad& load) {
  load.continued = load.rejected = load.heard_helo = 0;
  load.connect = {};
  load.session = {};
}

void generate(const Options& options) {
  MilterLoad load = make_load(options);
  if (!options.write_addresses.empty()) {
    write_clients(options.write_addresses, load.clients);
    return;
  }
  HeldSessions held(load, options.idle);
  held.open();
  // Whoever measures the filter meanwhile waits for this line.
  if (options.idle > 0) fmt::print("holding {}\n", options.idle);
  std::fflush(stdout);
  if (options.warm_up > 0) {
    run_load(load, options.clients, {.time = std::chrono::duration<double>(options.warm_up)});
    forget_figures(load);
  }
  LoadLimits limits{.rate = options.rate};
  if (options.sessions > 0) {
    limits.sessions = options.sessions;
  } else {
    limits.time = std::chrono::duration<double>(options.seconds);
  }
  const LoadResult result = run_load(load, options.clients, limits);
  if (held.lost() > 0) throw std::runtime_error(fmt::format("{} held were lost", held.lost()));
  if (!options.samples.empty()) write_samples(options.samples, load.connect);
  options.json ? print_json(load, result, options.idle) : print_text(load, result);
}

void add_options(CLI::App& app, Options& options) {
  app.add_option("--socket", options.socket, "The filter's Unix socket");
  app.add_option("--list", options.list, "Networks of the deny list, one a line");
  app.add_flag("--expect-rejects", options.expects_rejects,
               "Listed clients must be rejected; without it nobody may be");
  app.add_option("--listed-share", options.listed_share, "Share of the clients that the list names")
      ->capture_default_str();
  app.add_option("--addresses", options.addresses,
                 "Clients, one a line: ADDRESS or ADDRESS listed; else random ones");
  app.add_option("--write-addresses", options.write_addresses,
                 "Write the random clients, for --addresses, and nothing else");
  app.add_option("--seed", options.seed, "Of the random clients")->capture_default_str();
  app.add_option("--clients", options.clients, "Sessions at once")->capture_default_str();
  app.add_option("--idle", options.idle, "Sessions held beside them that say nothing");
  app.add_option("--warm-up", options.warm_up, "Seconds that are not measured");
  auto* const seconds = app.add_option("--seconds", options.seconds, "Length of the run");
  auto* const sessions = app.add_option("--sessions", options.sessions, "Or: sessions of the run");
  app.add_option("--rate", options.rate, "Sessions begun a second; else as fast as may be");
  app.add_option("--samples", options.samples, "File for every latency of CONNECT");
  app.add_flag("--json", options.json, "One JSON object");
  seconds->excludes(sessions);
}

}  // namespace
}  // namespace portcullis::bench

int main(int argc, char** argv) {
  CLI::App app("Milter sessions against a filter", "load_generator");
  portcullis::bench::Options options;
  portcullis::bench::add_options(app, options);
  CLI11_PARSE(app, argc, argv);
  try {
    portcullis::bench::generate(options);
  } catch (const std::exception& error) {
    fmt::print(stderr, "load_generator: {}\n", error.what());
    return 1;
  }
}
