#include <algorithm>
#include <memory>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/list/entry_arguments.h"
#include "cli/list/foreign_list.h"
#include "cli/list/input_text.h"
#include "cli/list/list.h"
#include "cli/list/list_merge.h"
#include "cli/list/proposed_edit.h"
#include "cli/policy_source.h"
#include "config/class_clients.h"
#include "config/class_feed.h"
#include "config/text_file.h"

#include "formats/feed_check.h"
#include "formats/native.h"
#include "formats/subtract.h"

namespace portcullis {
namespace {

struct RefreshArguments : EditArguments {
  ForeignListOptions reading;  // the format is the policy's
};

// The feed of the class, by the policy file.
Found<ClassFeed> find_feed(const CommonOptions& options, const std::string& class_name) {
  const std::string& path = options.policy_file;
  Diagnostics diagnostics;
  const auto file = read_text_file(path, TextFileKind::policy);
  if (!file) {
    return tl::unexpected(
        failure(exit_code_of_bad_policy(path), path + ": " + file.error().problem.reason));
  }
  const auto sections = make_sections(read_ini(file->text, path, diagnostics), path, diagnostics);
  const auto found = std::ranges::find_if(sections, [&](const Section& section) {
    return section.kind() == SectionKind::client_class && section.name() == class_name;
  });
  std::optional<ClassFeed> feed;
  if (found != sections.end()) feed = read_class_feed(*found);
  if (diagnostics.has_errors()) {
    return tl::unexpected(Report{ExitCode::bad_policy, {}, diagnostics.format_all()});
  }
  if (feed) return *std::move(feed);
  return tl::unexpected(
      failure(ExitCode::bad_data, fmt::format("class \"{0}\" has no source; write source = PATH "
                                              "into its [class {0}]",
                                              class_name)));
}

// What `except` lists.
Found<std::vector<ListEntry>> read_exceptions(const CommonOptions& options, const ClassFeed& feed) {
  std::vector<ListEntry> entries;
  for (const IniPiece& item : feed.except) {
    const auto path = list_file_path(options.policy_file, item.text);
    if (!path) {
      if (const auto line = parse_entry_line(item.text)) entries.push_back(make_entry(*line));
      continue;  // find_feed() has refused any other
    }
    const auto file = read_text_file(*path, TextFileKind::list);
    ReadOptions reading;
    reading.file = *path;
    ListReading list = file ? read_native(file->text, reading) : ListReading{};
    if (!file) {
      list.diagnostics.error(*path, file.error().line, {}, file.error().problem.reason,
                             file.error().problem.repair);
    }
    if (list.diagnostics.has_errors()) {
      return tl::unexpected(Report{ExitCode::bad_policy, {}, list.diagnostics.format_all()});
    }
    entries.insert(entries.end(), list.entries.begin(), list.entries.end());
  }
  return entries;
}

// Entries that the class cannot take as they are: they are said to be refused.
void refuse_misfits(ListReading& reading, const std::string& file, const ClassLists& lists) {
  const bool denies = lists.action == to_string(Action::deny);
  std::erase_if(reading.entries, [&](const ListEntry& entry) {
    const bool sender = std::holds_alternative<ListedSender>(entry.listed);
    const bool opposite = entry.action && (*entry.action == Action::deny) != denies;
    if (!sender && !opposite) return false;
    reading.diagnostics.error(
        file, entry.line, to_string(entry.listed),
        sender ? "is a mail address, and a class holds clients"
               : fmt::format("is an exception: the list says {}, and class {} is to {}",
                             to_string(*entry.action), lists.class_name, lists.action),
        sender ? "" : "write it into a class of its own");
    return true;
  });
}

// A domain from which no name can be taken out: what was meant to be let in is not.
void warn_of_whole_domains(const Subtraction& kept, const std::string& file,
                           const ClassLists& lists, Diagnostics& diagnostics) {
  const bool denies = lists.action == to_string(Action::deny);
  for (const WholeDomain& each : kept.whole) {
    diagnostics.warning(
        file, each.line, each.domain,
        fmt::format("stays whole: no entry can say all of it without {}, which except lists",
                    each.name),
        fmt::format("put {} into a class that {}", each.name, denies ? "permits" : "denies"));
  }
}

struct Refresh {
  const ListFormat* format = nullptr;
  std::size_t read = 0;
  Subtraction kept;
  FeedJudgement judgement;
  Diagnostics diagnostics;  // of the source
};

std::size_t erase_expired(std::vector<ListEntry>& entries, Time now) {
  return std::erase_if(
      entries, [&](const ListEntry& entry) { return entry.expires && *entry.expires <= now; });
}

// Why what the list would hold must not take the place of what it holds. Neither holds what has
// expired: nobody is decided by it any more.
std::vector<Problem> refusals_of_the_rest(std::vector<ListEntry> last_good, const Subtraction& kept,
                                          Time now) {
  ListReading left;
  left.entries = kept.entries;
  const std::size_t expired = erase_expired(left.entries, now);
  erase_expired(last_good, now);
  std::vector<Problem> refusals = judge_feed(last_good, left, now).refusals;
  if (expired == 0) return refusals;
  for (Problem& refusal : refusals) {
    refusal.reason += fmt::format("; {} more have expired", expired);
  }
  return refusals;
}

// Reads the feed, judges it as it came, takes the exceptions out, and judges what is left against
// the list as it is.
Found<Refresh> read_feed(const CommonOptions& options, const RefreshArguments& arguments,
                         const ClassFeed& feed, const ClassLists& lists,
                         std::vector<ListEntry> last_good, Time now) {
  const auto text = read_input(feed.source);
  if (!text) return tl::unexpected(text.error());
  ForeignListOptions reading = arguments.reading;
  reading.format = feed.format;
  // Of an empty file no format can be told, nor need it be.
  if (text->find_first_not_of(" \t\r\n") == std::string::npos) reading.format = "native";
  auto list = read_foreign_list(*text, feed.source, reading);
  if (!list) return tl::unexpected(list.error());
  const auto except = read_exceptions(options, feed);
  if (!except) return tl::unexpected(except.error());
  refuse_misfits(list->reading, feed.source, lists);
  Refresh refresh{list->format, list->reading.entries.size(), {}, {}, {}};
  refresh.judgement = judge_feed({}, list->reading, now);
  refresh.diagnostics = std::move(list->reading.diagnostics);
  refresh.kept = subtract(std::move(list->reading.entries), *except);
  warn_of_whole_domains(refresh.kept, feed.source, lists, refresh.diagnostics);
  if (refresh.judgement.refusals.empty()) {
    refresh.judgement.refusals = refusals_of_the_rest(std::move(last_good), refresh.kept, now);
  }
  return refresh;
}

std::string problem_lines(std::string_view severity, const std::string& file,
                          const std::vector<Problem>& problems) {
  std::string text;
  for (const Problem& problem : problems) {
    text += fmt::format("{}: {}: {}\n", shown(file), severity, shown(problem.reason));
    if (!problem.repair.empty()) text += fmt::format("    {}\n", shown(problem.repair));
  }
  return text;
}

// The last good list stays.
Report kept_as_it_is(const CommonOptions& options, const RefreshArguments& arguments,
                     const ClassFeed& feed, const Refresh& refresh) {
  if (!options.json) {
    return {ExitCode::bad_data,
            {},
            refresh.diagnostics.format_all() +
                problem_lines("error", feed.source, refresh.judgement.refusals) +
                fmt::format("portcullis: the list of class {} stays as it is; --force takes the "
                            "new one\n",
                            shown(arguments.class_name))};
  }
  Json reasons = Json::array();
  for (const Problem& problem : refresh.judgement.refusals) reasons.push_back(problem.reason);
  return {ExitCode::bad_data,
          json_text({{"ok", false},
                     {"written", false},
                     {"class", arguments.class_name},
                     {"source", feed.source},
                     {"objections", std::move(reasons)},
                     {"diagnostics", refresh.diagnostics.format_all()}}),
          {}};
}

ProposedEdit proposed(const RefreshArguments& arguments, const ClassFeed& feed,
                      const Refresh& refresh, MergedList merged, const MergeTarget& target) {
  ProposedEdit edit;
  const std::string changes =
      merged.text == target.text
          ? std::string("unchanged")
          : fmt::format("{} added, {} removed", merged.added, merged.removed);
  const std::size_t excepted = refresh.kept.removed + refresh.kept.cut;
  edit.lines.push_back(fmt::format("class {}: {} entries from {} ({}), {} excepted: {}",
                                   arguments.class_name, refresh.read, feed.source,
                                   refresh.format->name, excepted, changes));
  edit.facts = {{"source", feed.source},
                {"format", refresh.format->name},
                {"read", refresh.read},
                {"excepted", excepted},
                {"added", merged.added},
                {"removed", merged.removed},
                {"expired", merged.expired},
                {"entries", merged.added + merged.already_there},
                {"source_diagnostics", refresh.diagnostics.format_all()}};
  edit.added = new_entries(target, EntryAuthor::feed, merged);
  edit.text = std::move(merged.text);
  return edit;
}

Report list_refresh(const CommonOptions& options, const RefreshArguments& arguments) {
  const auto feed = find_feed(options, arguments.class_name);
  if (!feed) return feed.error();
  auto list = open_list(options, arguments);
  if (!list) return list.error();
  const MergeTarget target{&options.policy_file, &list->lists, list->file.path(),
                           list->file.text()};
  const Time now = time_now();
  const auto refresh = read_feed(options, arguments, *feed, list->lists, entries_of(target), now);
  if (!refresh) return refresh.error();
  if (!refresh->judgement.refusals.empty() && !arguments.force) {
    return kept_as_it_is(options, arguments, *feed, *refresh);
  }
  MergedList merged = replace_entries(target, refresh->kept.entries, now);
  const ProposedEdit edit = proposed(arguments, *feed, *refresh, std::move(merged), target);
  // A reload for nothing would only make the daemon read everything again.
  EditArguments how = arguments;
  how.reload = arguments.reload && edit.text != target.text;
  Report report = carry_out(options, how, *list, edit);
  if (!options.json) {
    report.errors = refresh->diagnostics.format_all() +
                    problem_lines("warning", feed->source, refresh->judgement.refusals) +
                    problem_lines("warning", feed->source, refresh->judgement.warnings) +
                    report.errors;
  }
  return report;
}

}  // namespace

void add_list_refresh(Commands& commands, Command& group) {
  const auto arguments = std::make_shared<RefreshArguments>();
  Command& command = commands.add_to(
      group, "refresh", "Take over what the source of a class holds now",
      [arguments](const CommonOptions& options) { return list_refresh(options, *arguments); });
  add_edit_arguments(command, *arguments);
  add_reading_options(command, arguments->reading);
}

}  // namespace portcullis
