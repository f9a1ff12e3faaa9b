// Postfix's own lookup of a client in a cidr: table, against ours, on lists of two sizes.
//
// postmap(1) answers many addresses in one run ("-q -"). What it takes for a lookup alone is what
// remains when these are subtracted: the start of the process and the reading of the table (the
// same run with few addresses), and the lines that it reads and writes (the same addresses in a
// table of one entry). Ours is a pass over addresses that are known beforehand, as they are to
// postmap; the median of many, since one takes a hundredth of a run of postmap. Postfix takes the
// first line that matches, so that longer prefixes come first in the file. All answers are compared
// with ours. Processor time, as everywhere.

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>

#include <benchmark/benchmark.h>
#include <sys/resource.h>
#include <unistd.h>

#include "bench/matcher/bench_table.h"
#include "bench/matcher/contest.h"
#include "policy/prefix_table.h"

namespace portcullis::bench {
namespace {

namespace fs = std::filesystem;

// postmap on a table in a directory of its own.
class Postmap {
 public:
  explicit Postmap(std::vector<PrefixOutcome> entries) {
    std::string name = (fs::temp_directory_path() / "portcullis-bench-XXXXXX").string();
    directory_ = mkdtemp(name.data());
    std::ofstream(directory_ / "main.cf") << "compatibility_level = 3.6\n";
    // Of equal prefixes, too, the last one wins with us and the first one with Postfix.
    std::ranges::reverse(entries);
    std::ranges::stable_sort(entries, [](const PrefixOutcome& a, const PrefixOutcome& b) {
      return a.prefix.length() > b.prefix.length();
    });
    std::ofstream table(directory_ / "table");
    for (const auto& [prefix, outcome] : entries) {
      table << prefix.first().to_string() << '/' << prefix.length() << ' ' << outcome << '\n';
    }
  }
  ~Postmap() { fs::remove_all(directory_); }
  Postmap(const Postmap&) = delete;
  Postmap& operator=(const Postmap&) = delete;

  // Seconds of processor time for a run that asks for all of these.
  double seconds(std::span<const IpAddress> addresses) const {
    write_keys(addresses);
    const double before = children_seconds();
    // Exit status 1 means that nothing was found.
    const int status = std::system(command().c_str());
    if (status == -1 || (WEXITSTATUS(status) != 0 && WEXITSTATUS(status) != 1)) {
      std::fputs("postmap fails\n", stderr);
      std::exit(EXIT_FAILURE);
    }
    return children_seconds() - before;
  }

  // What the last run answered: "address<tab>outcome" for each that was found.
  std::map<std::string, Outcome> answers() const {
    std::map<std::string, Outcome> found;
    std::ifstream output(directory_ / "answers");
    std::string address;
    for (Outcome outcome = 0; output >> address >> outcome;) found[address] = outcome;
    return found;
  }

 private:
  static double children_seconds() {
    rusage usage{};
    getrusage(RUSAGE_CHILDREN, &usage);
    return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6;
  }

  void write_keys(std::span<const IpAddress> addresses) const {
    std::ofstream keys(directory_ / "keys");
    for (const IpAddress address : addresses) keys << address.to_string() << '\n';
  }

  std::string command() const {
    const std::string in = directory_.string();
    return "PATH=$PATH:/usr/sbin; postmap -c " + in + " -q - cidr:" + in + "/table <" + in +
           "/keys >" + in + "/answers";
  }

  fs::path directory_;
};

bool postfix_is_there() {
  return std::system("PATH=$PATH:/usr/sbin; command -v postmap >/dev/null") == 0;
}

void require_our_answers(const Postmap& postmap, const PrefixTable& table,
                         std::span<const IpAddress> asked) {
  const auto answers = postmap.answers();
  for (const IpAddress address : asked) {
    const auto found = answers.find(address.to_string());
    const Outcome theirs = found == answers.end() ? kNoOutcome : found->second;
    if (theirs == table.lookup(address)) continue;
    std::fprintf(stderr, "postmap does not give our answer for %s\n", address.to_string().c_str());
    std::exit(EXIT_FAILURE);
  }
}

// Seconds an address, without the start of the process.
double seconds_each(const Postmap& postmap, std::span<const IpAddress> asked) {
  constexpr std::size_t kFew = 8;
  const double start = postmap.seconds(asked.first(kFew));
  return (postmap.seconds(asked) - start) / static_cast<double>(asked.size() - kFew);
}

// Seconds an address. The first pass warms up.
double our_seconds_each(Matcher& ours, double (Matcher::*pass)()) {
  constexpr std::size_t kPasses = 51;
  (ours.*pass)();
  std::array<double, kPasses> seconds{};
  for (double& each : seconds) each = (ours.*pass)() / kAddresses;
  std::ranges::nth_element(seconds, seconds.begin() + kPasses / 2);
  return seconds[kPasses / 2];
}

void postmap_lookup(benchmark::State& state, std::size_t count, std::size_t many, Traffic traffic) {
  Random random(kSeed);
  const auto entries = deny_like(AddressFamily::ipv4, count, 9, random);
  const auto table = PrefixTable::build(entries).value();
  Matchers ours;
  append_ours(ours, entries);
  const std::vector<IpAddress> addresses = addresses_for(entries, traffic);
  ours.front()->take(addresses);
  const Postmap postmap(entries);
  const Postmap one_entry({entries.front()});
  const auto asked = std::span(addresses).first(many);
  postmap.seconds(asked);
  require_our_answers(postmap, table, asked);
  Contest contest({"portcullis", "postmap", "portcullis_dependent", "postmap_lines"});
  for (auto iteration : state) {
    (void)iteration;
    const double seconds = our_seconds_each(*ours.front(), &Matcher::throughput_pass);
    contest.add(0, seconds);
    state.SetIterationTime(seconds);
    contest.add(2, our_seconds_each(*ours.front(), &Matcher::latency_pass));
    const double lines = seconds_each(one_entry, addresses);
    contest.add(1, seconds_each(postmap, asked) - lines);
    contest.add(3, lines);
  }
  contest.report(state, 1);
}

void add(std::size_t count, std::size_t many) {
  for (const Traffic traffic : {Traffic::uniform, Traffic::in_prefix, Traffic::zipf}) {
    benchmark::RegisterBenchmark(
        ("postmap/" + std::to_string(count) + "/" + name_of(traffic)).c_str(),
        [=](benchmark::State& state) { postmap_lookup(state, count, many, traffic); })
        ->UseManualTime()
        ->Iterations(5)
        ->Unit(benchmark::kMicrosecond);
  }
}

}  // namespace
}  // namespace portcullis::bench

int main(int argc, char** argv) {
  if (!portcullis::bench::postfix_is_there()) {
    std::fputs("there is no postmap: install Postfix\n", stderr);
    return EXIT_SUCCESS;
  }
  portcullis::bench::add(4'600, 20'000);
  portcullis::bench::add(640'000, 200);
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return EXIT_FAILURE;
  benchmark::RunSpecifiedBenchmarks();
}
