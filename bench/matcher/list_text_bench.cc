// From the text of a list to a table, against inet_pton(3) alone on the same lines: what nobody who
// reads addresses can do without. In turns; nanoseconds a line.
//   portcullis        load_policy(): file, checks, diagnostics, the table and the record of entries
//   portcullis_table  IpAddress::parse() on each line and PrefixTable::build()
//   inet_pton         each address without its length

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include <arpa/inet.h>
#include <benchmark/benchmark.h>
#include <unistd.h>

#include "bench/matcher/bench_table.h"
#include "bench/matcher/contest.h"
#include "bench/matcher/stopwatch.h"
#include "config/policy_file.h"
#include "policy/prefix_table.h"

namespace portcullis::bench {
namespace {

namespace fs = std::filesystem;

// A policy file and its list, in a directory that goes with the process.
class PolicyOnDisk {
 public:
  explicit PolicyOnDisk(const std::vector<PrefixOutcome>& entries) {
    std::string name = (fs::temp_directory_path() / "portcullis-bench-XXXXXX").string();
    directory_ = mkdtemp(name.data());
    std::ofstream list(directory_ / "deny.list");
    for (const PrefixOutcome& entry : entries) list << entry.prefix.to_string() << '\n';
    std::ofstream(path()) << "[listener inbound]\n[class deny]\naction = deny\n"
                             "clients = file:deny.list\n";
  }
  ~PolicyOnDisk() { fs::remove_all(directory_); }
  PolicyOnDisk(const PolicyOnDisk&) = delete;
  PolicyOnDisk& operator=(const PolicyOnDisk&) = delete;

  std::string path() const { return (directory_ / "portcullis.conf").string(); }

 private:
  fs::path directory_;
};

double load_seconds(const PolicyOnDisk& on_disk) {
  const Stopwatch watch;
  const auto loaded = load_policy(on_disk.path());
  const double seconds = watch.seconds();
  if (loaded) return seconds;
  std::fputs(loaded.error().format_all().c_str(), stderr);
  std::exit(EXIT_FAILURE);
}

double table_seconds(const std::vector<std::string>& lines) {
  const Stopwatch watch;
  std::vector<PrefixOutcome> entries;
  for (const std::string& line : lines) {
    const std::size_t slash = line.find('/');
    const auto address = IpAddress::parse(std::string_view(line).substr(0, slash));
    const auto length = slash == std::string::npos
                            ? address->width()
                            : static_cast<unsigned>(std::strtoul(&line[slash + 1], nullptr, 10));
    entries.push_back({IpPrefix(*address, length), 0});
  }
  benchmark::DoNotOptimize(PrefixTable::build(std::move(entries)).value().memory_bytes());
  return watch.seconds();
}

double inet_pton_seconds(const std::vector<std::string>& addresses) {
  const Stopwatch watch;
  unsigned char bytes[16];
  for (const std::string& address : addresses) {
    const int family = address.find(':') == std::string::npos ? AF_INET : AF_INET6;
    benchmark::DoNotOptimize(inet_pton(family, address.c_str(), bytes));
  }
  return watch.seconds();
}

void list_text(benchmark::State& state, std::vector<PrefixOutcome> entries, bool shuffled) {
  Random random(kSeed);
  if (shuffled) std::ranges::shuffle(entries, random);
  const PolicyOnDisk on_disk(entries);
  std::vector<std::string> lines;
  std::vector<std::string> addresses;
  for (const PrefixOutcome& entry : entries) {
    lines.push_back(entry.prefix.to_string());
    addresses.push_back(entry.prefix.first().to_string());
  }
  Contest contest({"portcullis", "portcullis_table", "inet_pton"});
  for (auto iteration : state) {
    (void)iteration;
    const double seconds = load_seconds(on_disk);
    state.SetIterationTime(seconds);
    contest.add(0, seconds);
    contest.add(1, table_seconds(lines));
    contest.add(2, inet_pton_seconds(addresses));
  }
  contest.report(state, static_cast<double>(entries.size()));
}

void add(const std::string& table, const std::vector<PrefixOutcome>& entries) {
  for (const bool shuffled : {false, true}) {
    benchmark::RegisterBenchmark(
        (table + "/text/" + (shuffled ? "shuffled" : "sorted")).c_str(),
        [=](benchmark::State& state) { list_text(state, entries, shuffled); })
        ->UseManualTime()
        ->Iterations(7)
        ->Unit(benchmark::kMillisecond);
  }
}

}  // namespace
}  // namespace portcullis::bench

int main(int argc, char** argv) {
  portcullis::bench::add("deny4", portcullis::bench::deny4());
  portcullis::bench::add("syn6", portcullis::bench::syn6());
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return EXIT_FAILURE;
  benchmark::RunSpecifiedBenchmarks();
}
