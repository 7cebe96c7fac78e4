/** A plan to begin with, every key explained. */
export const starterPlan = (name: string): string => `# ${name}
#   netra plan check FILE     says what is wrong with it
#   netra run FILE --dry-run  shows what would run
#   netra run FILE            runs it; by its name, where it lies among the templates
name: ${JSON.stringify(name)}
description: What this plan is for.

# Values that may be given when it is run: --input about=…
inputs:
  about:
    type: string
    description: What to look at
    default: the whole project

# The folder to work in; a relative one starts where the template is run.
workspace: .

# How many run at the same time.
concurrency: 3

# All of them together may use so much; then what runs is stopped (warn and pause are the other choices).
budget: { usd: 5, onExceed: stop }

# Run it by itself? An engine must stay: the desktop app, netra serve or netra daemon.
# schedule: { cron: '0 2 * * 1-5', timeZone: Europe/Berlin }

# What holds for every instance that does not say otherwise.
defaults:
  # model: sonnet
  timeout: 30m

instances:
  - name: look
    # It only looks.
    disallowedTools: [Edit, Write, NotebookEdit]
    prompt: |
      Look at {{ inputs.about }}. Name the three things that most need work, and why.

  - name: act
    # Begins when the other one has succeeded; what that one said stands in the prompt.
    dependsOn: [look]
    permissionMode: acceptEdits
    prompt: |
      Do the first of these:

      {{ instances.look.result }}
    # A command that decides whether it is done, and how often to go on until then:
    # check: npm test
    # loop: 3
`;
