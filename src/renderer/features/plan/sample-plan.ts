/** A plan to begin with: harmless as it is (Claude may only read and plan), with what most plans need. */
export const samplePlan = `name: A first look
# The folder to work in: put your own project here.
workspace: ~/my-project
# How many instances run at the same time.
concurrency: 2

defaults:
  # Claude reads and makes a plan, but changes nothing.
  permissionMode: plan
  timeout: 15m

instances:
  - name: explain
    prompt: |
      Explain what this project does and how it is built,
      for somebody who joins the team today.

  - name: risks
    model: sonnet
    prompt: Name the three riskiest places of this code, each with file and line.
`;
