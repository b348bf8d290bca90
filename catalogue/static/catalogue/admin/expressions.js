// Reads the expressions in the admin theme's `x-` attributes.
//
// The theme's script turns such texts into functions with eval, which our content security policy
// does not allow. Here they are read instead: a small part of JavaScript, enough for what the theme
// writes, and nothing that could reach further. Names mean what the components around the element
// say, or one of OUTSIDE; no expression can name a constructor.
(() => {
  "use strict";

  const OUTSIDE = {
    localStorage: () => window.localStorage,
    window: () => ({ location: window.location }),
    theme: () => theme,
    searchForm: () => searchForm,
    searchDropdown: () => searchDropdown,
    searchCommand: () => searchCommand,
    moveRecords: () => moveRecords,
    sortRecords: () => sortRecords,
    getCurrentTab: () => getCurrentTab,
  };
  const FORBIDDEN = new Set(["constructor", "__proto__", "prototype"]);
  const WORDS = { true: true, false: false, null: null, undefined: undefined };
  const TOKEN = /\s*(?:(\d+(?:\.\d+)?)|('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")|([A-Za-z_$][\w$]*)|(===|!==|=>|==|!=|<=|>=|&&|\|\||[-+!<>=?:.,;(){}[\]]))/y;
  // Loosest first; each holds those after it.
  const BINARY = [
    { "||": (a, b) => a() || b() },
    { "&&": (a, b) => a() && b() },
    {
      "===": (a, b) => a() === b(),
      "!==": (a, b) => a() !== b(),
      // The theme compares texts with each other, and numbers with what a checkbox holds as text.
      "==": (a, b) => String(a()) === String(b()),
      "!=": (a, b) => String(a()) !== String(b()),
    },
    {
      "<": (a, b) => a() < b(),
      ">": (a, b) => a() > b(),
      "<=": (a, b) => a() <= b(),
      ">=": (a, b) => a() >= b(),
    },
    { "+": (a, b) => a() + b(), "-": (a, b) => a() - b() },
  ];

  function tokens(text) {
    const found = [];
    TOKEN.lastIndex = 0;
    while (TOKEN.lastIndex < text.trimEnd().length) {
      const at = TOKEN.lastIndex;
      const match = TOKEN.exec(text);
      if (!match) throw new SyntaxError(`cannot be read from “${text.slice(at, at + 20)}”`);
      const [, number, string, name, sign] = match;
      if (number !== undefined) found.push({ kind: "value", value: Number(number) });
      else if (string !== undefined) found.push({ kind: "value", value: unquote(string) });
      else if (name !== undefined) found.push({ kind: "name", text: name });
      else found.push({ kind: "sign", text: sign });
    }
    return found;
  }

  function unquote(text) {
    return text.slice(1, -1).replace(/\\(.)/g, (_, char) => (char === "n" ? "\n" : char));
  }

  // Each method reads one form and returns a function from a scope to a value. A function with
  // `set` is a place that can be assigned to.
  class Reader {
    constructor(text) {
      this.tokens = tokens(text);
      this.at = 0;
    }

    is(text, ahead = 0) {
      const token = this.tokens[this.at + ahead];
      return token !== undefined && token.kind !== "value" && token.text === text;
    }

    take(text) {
      if (!this.is(text)) return false;
      this.at += 1;
      return true;
    }

    expect(text) {
      if (!this.take(text)) throw new SyntaxError(`“${text}” is missing`);
    }

    name() {
      const token = this.tokens[this.at];
      if (!token || token.kind !== "name") throw new SyntaxError("a name is missing");
      this.at += 1;
      return token.text;
    }

    program() {
      const steps = [];
      while (this.at < this.tokens.length) {
        if (!this.take(";")) steps.push(this.statement());
      }
      return inTurn(steps);
    }

    statement() {
      if (!this.take("if")) return this.expression();
      this.expect("(");
      const test = this.expression();
      this.expect(")");
      const then = this.branch();
      const otherwise = this.take("else") ? this.branch() : () => undefined;
      return (scope) => (test(scope) ? then(scope) : otherwise(scope));
    }

    branch() {
      if (!this.take("{")) return this.statement();
      const steps = [];
      while (!this.take("}")) {
        if (!this.take(";")) steps.push(this.statement());
      }
      return inTurn(steps);
    }

    expression() {
      if (this.is("=>", 1)) return this.arrow();
      const left = this.choice();
      if (!this.take("=")) return left;
      if (!left.set) throw new SyntaxError("only a name or a property can be set");
      const right = this.expression();
      return (scope) => left.set(scope, right(scope));
    }

    arrow() {
      const argument = this.name();
      this.expect("=>");
      const body = this.expression();
      return (scope) => (value) => body(withName(scope, argument, value));
    }

    choice() {
      const test = this.binary(0);
      if (!this.take("?")) return test;
      const then = this.expression();
      this.expect(":");
      const otherwise = this.expression();
      return (scope) => (test(scope) ? then(scope) : otherwise(scope));
    }

    binary(level) {
      if (level === BINARY.length) return this.unary();
      let left = this.binary(level + 1);
      for (;;) {
        const sign = Object.keys(BINARY[level]).find((one) => this.is(one));
        if (sign === undefined) return left;
        this.at += 1;
        const [first, second, apply] = [left, this.binary(level + 1), BINARY[level][sign]];
        left = (scope) => apply(() => first(scope), () => second(scope));
      }
    }

    unary() {
      if (this.take("!")) {
        const value = this.unary();
        return (scope) => !value(scope);
      }
      if (this.take("-")) {
        const value = this.unary();
        return (scope) => -value(scope);
      }
      return this.chain();
    }

    chain() {
      let value = this.primary();
      for (;;) {
        if (this.take(".")) {
          const name = this.name();
          value = property(value, () => name);
        } else if (this.take("[")) {
          const name = this.expression();
          this.expect("]");
          value = property(value, name);
        } else if (this.take("(")) {
          value = call(value, this.list(")"));
        } else {
          return value;
        }
      }
    }

    primary() {
      const token = this.tokens[this.at];
      if (token && token.kind === "value") {
        this.at += 1;
        return () => token.value;
      }
      if (this.take("(")) {
        const value = this.expression();
        this.expect(")");
        return value;
      }
      if (this.take("[")) {
        const items = this.list("]");
        return (scope) => items.map((item) => item(scope));
      }
      if (this.take("{")) return this.object();
      return variable(this.name());
    }

    list(end) {
      const items = [];
      while (!this.take(end)) {
        items.push(this.expression());
        if (!this.is(end)) this.expect(",");
      }
      return items;
    }

    object() {
      const parts = [];
      while (!this.take("}")) {
        const token = this.tokens[this.at];
        const name = token && token.kind === "value" ? String(token.value) : this.name();
        if (token && token.kind === "value") this.at += 1;
        this.expect(":");
        parts.push([allowed(name), this.expression()]);
        if (!this.is("}")) this.expect(",");
      }
      return (scope) => Object.fromEntries(parts.map(([name, value]) => [name, value(scope)]));
    }
  }

  function inTurn(steps) {
    return (scope) => steps.reduce((_, step) => step(scope), undefined);
  }

  function withName(scope, name, value) {
    return new Proxy(scope, {
      has: (target, key) => key === name || Reflect.has(target, key),
      get: (target, key) => (key === name ? value : Reflect.get(target, key)),
    });
  }

  function allowed(name) {
    if (FORBIDDEN.has(String(name))) throw new TypeError(`“${String(name)}” is out of reach`);
    return name;
  }

  function variable(name) {
    if (name in WORDS) return () => WORDS[name];
    allowed(name);
    const read = (scope) => {
      if (Reflect.has(scope, name)) return scope[name];
      if (Object.hasOwn(OUTSIDE, name)) return OUTSIDE[name]();
      throw new ReferenceError(`there is no “${name}” here`);
    };
    read.set = (scope, value) => (scope[name] = value);
    return read;
  }

  function property(of, name) {
    const read = (scope) => of(scope)[allowed(name(scope))];
    read.of = of;
    read.key = name;
    read.set = (scope, value) => (of(scope)[allowed(name(scope))] = value);
    return read;
  }

  function call(callee, items) {
    return (scope) => {
      const given = items.map((item) => item(scope));
      if (!callee.of) return callee(scope).apply(scope, given);
      const owner = callee.of(scope);
      return owner[allowed(callee.key(scope))](...given);
    };
  }

  const read = new Map();

  function program(text) {
    if (!read.has(text)) read.set(text, new Reader(text).program());
    return read.get(text);
  }

  // In place of the theme's evaluator: `expression` may also be a function already.
  function evaluator(element, expression) {
    const around = window.Alpine.closestDataStack(element);
    return (receive = () => {}, { scope = {}, params = [] } = {}) => {
      const all = window.Alpine.mergeProxies([scope, { $el: element }, ...around]);
      try {
        const found = typeof expression === "function" ? expression : program(expression)(all);
        receive(typeof found === "function" ? found.apply(all, params) : found);
      } catch (error) {
        console.error(`“${expression}”: ${error.message}`, element);
      }
    };
  }

  document.addEventListener("alpine:init", () => {
    // What is chosen in one's account holds, whatever this browser was told before.
    window.localStorage.removeItem("adminTheme");
    // A style as one text is refused by the policy; as an object it is set property by property.
    for (const element of document.querySelectorAll("#changelist-actions[x-bind\\:style]")) {
      element.setAttribute("x-bind:style", "{ width: changeListWidth + 'px' }");
    }
    window.Alpine.setEvaluator(evaluator);
  });
})();
