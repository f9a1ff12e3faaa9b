#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/json_text.h"
#include "cli/list/entry_arguments.h"
#include "cli/list/hits_by_entry.h"
#include "cli/list/list.h"
#include "cli/list/listed_entries.h"
#include "config/time_text.h"

namespace portcullis {
namespace {

struct ShowArguments {
  std::string class_name;
  std::size_t page = 1;
  std::size_t per_page = 50;
  std::string grep;
  bool hits = false;
};

// An entry of the page that is shown.
struct Row {
  std::string entry;
  std::string comment;
  std::optional<Time> expires;
  std::string file;
  std::uint32_t line = 0;
  Listed names;
};

struct Page {
  ClassLists lists;
  std::vector<Row> rows;
  std::size_t matching = 0;  // on all pages
  Diagnostics diagnostics;
  std::optional<HitsByEntry> hits;  // if they were asked for, and a daemon has answered
};

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool holds(std::string_view text, std::string_view sought) {
  const auto same = [](char a, char b) { return lower(a) == lower(b); };
  return std::search(text.begin(), text.end(), sought.begin(), sought.end(), same) != text.end() ||
         sought.empty();
}

Found<Page> find_page(const CommonOptions& options, const ShowArguments& arguments) {
  const auto classes = read_class_lists(options.policy_file);
  if (!classes) return tl::unexpected(classes.error());
  auto lists = find_class(*classes, arguments.class_name);
  if (!lists) return tl::unexpected(lists.error());
  Page page{*std::move(lists), {}, 0, {}, {}};
  const std::size_t first = (arguments.page - 1) * arguments.per_page;
  visit_entries(
      options.policy_file, page.lists, TextSource(), page.diagnostics,
      [&](const ListedEntry& listed) {
        const std::string_view text = listed.entry.text;
        if (!holds(text, arguments.grep) && !holds(listed.comment, arguments.grep)) return;
        const std::size_t place = page.matching++;
        if (place < first || place - first >= arguments.per_page) return;
        page.rows.push_back({std::string(text), std::string(listed.comment), listed.entry.expires,
                             *listed.file, listed.line, make_entry(listed.entry).listed});
      });
  return page;
}

std::size_t pages(const Page& page, const ShowArguments& arguments) {
  return std::max<std::size_t>(1, (page.matching + arguments.per_page - 1) / arguments.per_page);
}

Json time_json(const std::optional<Time>& time) {
  return time ? Json(time_text(*time)) : Json();
}

void add_hits(Json& json, const Page& page) {
  json["hits_since"] = page.hits ? Json(time_text(page.hits->since())) : Json();
  json["hits_truncated"] = page.hits && page.hits->truncated();
  for (std::size_t i = 0; i < page.rows.size(); ++i) {
    HitsByEntry::Figures figures;
    if (page.hits) figures = page.hits->of(page.rows[i].names);
    json["entries"][i]["hits"] = figures.count ? Json(*figures.count) : Json();
    json["entries"][i]["last_hit"] = time_json(figures.last);
  }
}

Json to_json(const Page& page, const ShowArguments& arguments, Time now) {
  Json rows = Json::array();
  for (const Row& row : page.rows) {
    rows.push_back({{"entry", row.entry},
                    {"comment", row.comment},
                    {"expires", time_json(row.expires)},
                    {"expired", row.expires && *row.expires <= now},
                    {"file", row.file},
                    {"line", row.line}});
  }
  Json files = Json::array();
  for (const NamedList& list : page.lists.files) files.push_back(list.path);
  Json json = {{"class", page.lists.class_name}, {"action", page.lists.action},
               {"files", std::move(files)},      {"total", page.matching},
               {"page", arguments.page},         {"pages", pages(page, arguments)},
               {"per_page", arguments.per_page}, {"entries", std::move(rows)}};
  if (arguments.hits) add_hits(json, page);
  return json;
}

std::string expiry_text(const Row& row, Time now) {
  if (!row.expires) return "-";
  return time_text(*row.expires) + (*row.expires <= now ? " (expired)" : "");
}

// Columns as wide as what is in them.
std::string table(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths(rows.front().size());
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string out;
  for (const auto& row : rows) {
    for (std::size_t i = 0; i + 1 < row.size(); ++i) {
      out += fmt::format("{:<{}}  ", row[i], widths[i]);
    }
    out += row.back() + '\n';
  }
  return out;
}

std::string hits_line(const HitsByEntry& hits) {
  return fmt::format("hits since {}{}\n", time_text(hits.since()),
                     hits.truncated() ? "; \"?\" where there are too many to be told" : "");
}

// Behind the entry, where its figures are read with it.
void add_hit_columns(std::vector<std::vector<std::string>>& rows, const Page& page) {
  rows[0].insert(rows[0].begin() + 1, {"HITS", "LAST HIT"});
  for (std::size_t i = 0; i < page.rows.size(); ++i) {
    const HitsByEntry::Figures figures = page.hits->of(page.rows[i].names);
    rows[i + 1].insert(rows[i + 1].begin() + 1,
                       {figures.count ? std::to_string(*figures.count) : "?",
                        figures.last ? time_text(*figures.last) : "-"});
  }
}

std::string to_text(const Page& page, const ShowArguments& arguments, Time now) {
  std::string out =
      fmt::format("class {} ({}), {} {}{}, page {} of {}\n", shown(page.lists.class_name),
                  shown(page.lists.action), page.matching, page.matching == 1 ? "entry" : "entries",
                  arguments.grep.empty() ? "" : " with " + shown(arguments.grep), arguments.page,
                  pages(page, arguments));
  if (page.hits) out += hits_line(*page.hits);
  if (page.rows.empty()) return out;
  std::vector<std::vector<std::string>> rows = {{"ENTRY", "EXPIRES", "WHERE", "COMMENT"}};
  for (const Row& row : page.rows) {
    rows.push_back({shown(row.entry), expiry_text(row, now),
                    fmt::format("{}:{}", shown(row.file), row.line),
                    row.comment.empty() ? "-" : shown(row.comment)});
  }
  if (page.hits) add_hit_columns(rows, page);
  return out + table(rows);
}

// The entries are shown without a daemon too; that it did not answer is told all the same.
void ask_for_hits(const CommonOptions& options, Page& page, Report& report) {
  const auto hits = ask_entry_hits(options.policy_file, page.lists.class_name);
  if (hits) {
    page.hits.emplace(*hits);
    return;
  }
  report.errors += hits.error().errors;
  if (report.code == ExitCode::ok) report.code = hits.error().code;
}

Report list_show(const CommonOptions& options, const ShowArguments& arguments) {
  auto page = find_page(options, arguments);
  if (!page) return page.error();
  const std::size_t last = pages(*page, arguments);
  if (arguments.page > last) {
    return failure(ExitCode::bad_data,
                   fmt::format("there is no page {}; the last one is {}", arguments.page, last));
  }
  Report report;
  report.errors = page->diagnostics.format_all();
  if (page->diagnostics.has_errors()) report.code = ExitCode::bad_policy;
  if (arguments.hits) ask_for_hits(options, *page, report);
  const Time now = time_now();
  report.output =
      options.json ? json_text(to_json(*page, arguments, now)) : to_text(*page, arguments, now);
  return report;
}

}  // namespace

void add_list_show(Commands& commands, Command& group) {
  const auto arguments = std::make_shared<ShowArguments>();
  Command& command = commands.add_to(
      group, "show", "Show the entries of a class, those in the policy file too",
      [arguments](const CommonOptions& options) { return list_show(options, *arguments); });
  constexpr std::size_t kMost = 100'000'000;
  command.add_option("CLASS", arguments->class_name, "Class whose entries they are")
      ->required()
      ->type_name("");
  command.add_option("--page", arguments->page, "Which page, from 1")
      ->in_range(1, kMost)
      ->type_name("N");
  command.add_option("--per-page", arguments->per_page, "Entries on a page; default 50")
      ->in_range(1, kMost)
      ->type_name("N");
  command.add_option("--grep", arguments->grep, "Only entries with this in them or their comment")
      ->type_name("TEXT");
  command.add_flag("--hits", arguments->hits,
                   "How often each has decided, and when last: of the running daemon");
}

}  // namespace portcullis
