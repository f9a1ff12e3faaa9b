#include <memory>
#include <optional>

#include <fmt/format.h>

#include "cli/list/entry_arguments.h"
#include "cli/list/foreign_list.h"
#include "cli/list/input_text.h"
#include "cli/list/list.h"
#include "cli/list/listed_entries.h"
#include "cli/output_file.h"

namespace portcullis {
namespace {

// How a list is written in another format.
struct ExportArguments {
  std::string class_name;  // of export
  std::string input;       // of convert
  ForeignListOptions from;
  std::string format;
  std::optional<std::string> output;
  std::string action = "deny";  // of convert: what an entry without an action of its own means
  WriteOptions write;
  bool force = false;  // of convert: a list that was cut short
};

Found<Action> action_named(std::string_view word) {
  for (const Action action : {Action::permit, Action::deny, Action::exempt}) {
    if (to_string(action) == word) return action;
  }
  return tl::unexpected(failure(ExitCode::bad_data, fmt::format("\"{}\" is no action", word)));
}

Found<const ListFormat*> written_format(const std::string& name) {
  auto format = named_format(name);
  if (!format || (*format)->write != nullptr) return format;
  return tl::unexpected(failure(
      ExitCode::bad_data,
      fmt::format("format \"{}\" is only read; written are: {}", name, format_names(true))));
}

// The text goes to standard output or to a file; what is lost is said on standard error.
Report write_list(const std::vector<ListEntry>& entries, const ExportArguments& arguments,
                  const WriteOptions& options, const Diagnostics& diagnostics) {
  const auto format = written_format(arguments.format);
  if (!format) return format.error();
  ListWriting writing = (*format)->write(entries, options);
  Diagnostics all = diagnostics;
  all.add_all(writing.diagnostics);
  if (writing.diagnostics.has_errors()) {
    return {ExitCode::bad_data, {}, all.format_all() + "portcullis: nothing was written\n"};
  }
  if (!arguments.output) return {ExitCode::ok, std::move(writing.text), all.format_all()};
  if (const auto written = write_output(*arguments.output, writing.text); !written) {
    Report report = written.error();
    report.errors = all.format_all() + report.errors;
    return report;
  }
  return {ExitCode::ok, {}, all.format_all()};
}

Report list_export(const CommonOptions& options, const ExportArguments& arguments) {
  const auto classes = read_class_lists(options.policy_file);
  if (!classes) return classes.error();
  const auto lists = find_class(*classes, arguments.class_name);
  if (!lists) return lists.error();
  const auto action = action_named(lists->action);
  if (!action) return action.error();
  Diagnostics diagnostics;
  std::vector<ListEntry> entries;
  visit_entries(options.policy_file, *lists, {}, diagnostics, [&](const ListedEntry& there) {
    entries.push_back(make_entry(there.entry));
    entries.back().comment = there.comment;
    entries.back().line = there.line;
  });
  // A list that is not all there would mean something else.
  if (diagnostics.has_errors()) return {ExitCode::bad_policy, {}, diagnostics.format_all()};
  WriteOptions write = arguments.write;
  write.file = arguments.class_name;
  write.action = *action;
  write.now = time_now();
  return write_list(entries, arguments, write, diagnostics);
}

Report list_convert(const CommonOptions&, const ExportArguments& arguments) {
  const auto action = action_named(arguments.action);
  if (!action) return action.error();
  const auto text = read_input(arguments.input);
  if (!text) return text.error();
  const auto list = read_foreign_list(*text, arguments.input, arguments.from);
  if (!list) return list.error();
  const Diagnostics& diagnostics = list->reading.diagnostics;
  if (diagnostics.has_errors()) {
    return {ExitCode::bad_data, {}, diagnostics.format_all() + "portcullis: nothing was written\n"};
  }
  if (list->reading.feed.cut_short && !arguments.force) {
    return {
        ExitCode::bad_data,
        {},
        diagnostics.format_all() +
            "portcullis: nothing was written: it was cut short; --force writes what is there\n"};
  }
  WriteOptions write = arguments.write;
  write.file = arguments.input;
  write.action = *action;
  write.now = time_now();
  return write_list(list->reading.entries, arguments, write, diagnostics);
}

void add_writing_options(Command& command, ExportArguments& arguments) {
  command.add_option("--output", arguments.output, "File to write instead of standard output")
      ->type_name("FILE");
  command
      .add_choice(
          "--table", {"client_access", "postscreen"},
          [&arguments](std::size_t place) {
            arguments.write.postfix_table = static_cast<PostfixTable>(place);
          },
          "postfix formats: client_access or postscreen")
      ->type_name("TABLE");
  command.add_option("--name", arguments.write.name, "ipset, nft: of the set")->type_name("NAME");
  command.add_flag("--compressed-ipv6", arguments.write.compressed_ipv6,
                   "sendmail-access: for a Sendmail that writes IPv6 addresses short");
  command.add_flag("--keep-expiring", arguments.write.keep_expiring,
                   "Write entries that expire for good, where the format has no times");
}

}  // namespace

void add_list_export(Commands& commands, Command& group) {
  const auto arguments = std::make_shared<ExportArguments>();
  Command& command = commands.add_to(
      group, "export", "Write the entries of a class for another program",
      [arguments](const CommonOptions& options) { return list_export(options, *arguments); });
  command.add_option("CLASS", arguments->class_name, "Class to write")->required()->type_name("");
  command.add_option("--format", arguments->format, "See list formats")
      ->required()
      ->type_name("FORMAT");
  add_writing_options(command, *arguments);
}

void add_list_convert(Commands& commands, Command& group) {
  const auto arguments = std::make_shared<ExportArguments>();
  Command& command = commands.add_to(
      group, "convert", "Write a list of one program for another; needs no policy",
      [arguments](const CommonOptions& options) { return list_convert(options, *arguments); });
  command.add_option("INPUT", arguments->input, "File to read, or - for standard input")
      ->required()
      ->type_name("");
  command.add_option("--from", arguments->from.format, "Its format")
      ->type_name("FORMAT")
      ->capture_default_str();
  command.add_option("--to", arguments->format, "The format to write")
      ->required()
      ->type_name("FORMAT");
  command.add_option("--action", arguments->action, "What an entry means that does not say it")
      ->type_name("ACTION")
      ->capture_default_str();
  command.add_flag("--force", arguments->force, "Write what is there of a list that was cut short");
  add_reading_options(command, arguments->from);
  add_writing_options(command, *arguments);
}

}  // namespace portcullis
