"""Terms on Shopify: a variant's price, and coupons as discount codes; a limit per order has no call of its own.

    price    productVariantsBulkUpdate
    coupon   codeDiscountNodeByCode -> discountCodeBasicCreate | discountCodeBasicUpdate | discountCodeDeactivate

A code exists once in a shop, so it is looked up before it is written: a creation whose answer was lost is found and
becomes an update. What is found is the discount's number and the variants it holds on (`number:variant,variant`), since
an update adds and removes variants and the list shall be ours afterwards. A discount that was deactivated becomes
active again when its times are set anew.
"""

from abc import abstractmethod
from collections.abc import Sequence

from dashboard.channels import answers, shopify_calls as calls
from dashboard.channels.adapter import Adapter, Request, Response, Unreadable
from dashboard.channels.fields import Id, decode_as, iso, shown
from dashboard.channels.shopify_bodies import bare
from dashboard.channels.term import NONE, ByHand, Term, Wrote

VARIANTS_MAX = 100
_DONE = "{ userErrors { code field message } }"
PRICE = (
    "mutation Price($product: ID!, $variants: [ProductVariantsBulkInput!]!) {"
    f" done: productVariantsBulkUpdate(productId: $product, variants: $variants) {_DONE} }}"
)
LOOK = (
    "query Code($code: String!) { found: codeDiscountNodeByCode(code: $code) { id codeDiscount {"
    " ... on DiscountCodeBasic { customerGets { items { ... on DiscountProducts {"
    f" productVariants(first: {VARIANTS_MAX}) {{ nodes {{ id }} }} }} }} }} }} }} }} }}"
)
CREATE = (
    "mutation Offer($discount: DiscountCodeBasicInput!) {"
    f" done: discountCodeBasicCreate(basicCodeDiscount: $discount) {_DONE} }}"
)
UPDATE = (
    "mutation Change($id: ID!, $discount: DiscountCodeBasicInput!) {"
    f" done: discountCodeBasicUpdate(id: $id, basicCodeDiscount: $discount) {_DONE} }}"
)
END = f"mutation End($id: ID!) {{ done: discountCodeDeactivate(id: $id) {_DONE} }}"
TAKEN = "TAKEN"


class _Variants(calls.Shape):
    nodes: list[calls.Node] = []


class _Items(calls.Shape):
    product_variants: _Variants | None = None


class _Gets(calls.Shape):
    items: _Items | None = None


class _Discount(calls.Shape):
    customer_gets: _Gets | None = None


class _Found(calls.Shape):
    id: Id
    code_discount: _Discount | None = None


class _Done(calls.Shape):
    user_errors: list[calls.Problem] = []


class _Data(calls.Shape):
    done: _Done | None = None
    found: _Found | None = None


class _Answer(calls.Answer):
    data: _Data | None = None


_answer = decode_as(_Answer)


class ShopifyTerms(Adapter):
    """The part of a Shopify adapter that writes terms; a listing's `product_id` and `variant_id` name a SKU."""

    @abstractmethod
    def _call(self, query: str, variables: object, stock: bool = False) -> Request:
        """Make a GraphQL call."""

    def write_term(self, term: Term, now: int, found: str = "") -> Request:
        """Write a price, or the next call of a coupon; raises ByHand for other terms, Unreadable for unlisted SKUs."""
        if term.kind == "price":
            variant = {"id": self._variant(term.sku), "price": self.price_of(term)}
            product = f"gid://shopify/Product/{self.theirs(term.sku, 'product_id')}"
            return self._call(PRICE, {"product": product, "variants": [variant]}, stock=True)
        if term.kind != "coupon":
            raise ByHand(f"Shopify has no call for a {term.kind.replace('_', ' ')}.")
        if not found:
            return self._call(LOOK, {"code": term.code}, stock=True)
        number, _, held = found.partition(":")
        gid = f"gid://shopify/DiscountCodeNode/{number}"
        if not term.skus:
            return self._call(END, {"id": gid}, stock=True)
        if found == NONE:
            return self._call(CREATE, {"discount": self._discount(term, (), now)}, stock=True)
        return self._call(UPDATE, {"id": gid, "discount": self._discount(term, held.split(","), now)}, stock=True)

    def read_term(self, term: Term, response: Response, found: str = "") -> Wrote:
        """Say what became of a call; raises Unreadable."""
        undone = answers.not_written("Shopify", response)
        if undone is not None:
            return undone
        answer = _answer(response.body)
        codes = answer.codes()
        if "THROTTLED" in codes:
            return answers.unwritten(answers.throttled("Shopify", answer.wait_seconds(response)))
        if codes:
            return Wrote("refused" if codes[0] in ("ACCESS_DENIED", "BAD_REQUEST") else "unknown",
                         sentence=f"Shopify answered {codes[0][:40]!a}.")  # fmt: skip
        if answer.data is None:
            raise Unreadable("data is missing; an answer without errors has it.")
        if term.kind == "coupon" and not found:
            return _looked_up(term, answer.data.found)
        if answer.data.done is None:
            raise Unreadable("data.done is missing; an answer without errors has it.")
        for problem in answer.data.done.user_errors:
            again = problem.code == TAKEN
            return Wrote("unknown" if again else "refused", sentence=f"Shopify refused it: {shown(problem.message)}.")
        return Wrote("pushed")

    def _variant(self, sku: str) -> str:
        return f"gid://shopify/ProductVariant/{self.theirs(sku, 'variant_id')}"

    def _discount(self, term: Term, held: Sequence[str], now: int) -> dict[str, object]:
        """A discount on exactly the term's SKUs, for all buyers, from now on."""
        wanted = [self._variant(sku) for sku in term.skus]
        before = [f"gid://shopify/ProductVariant/{number}" for number in held if number]
        variants = {
            "productVariantsToAdd": [gid for gid in wanted if gid not in before],
            "productVariantsToRemove": [gid for gid in before if gid not in wanted],
        }
        return {
            "title": term.code,
            "code": term.code,
            "startsAt": iso(now, 0),
            "endsAt": None if term.expires is None else iso(term.expires, 0),
            "context": {"all": "ALL"},
            "customerGets": {"value": {"percentage": term.percent / 100}, "items": {"products": variants}},
        }


def _looked_up(term: Term, found: _Found | None) -> Wrote:
    """What the look-up of a code found; a code to end that is not there has ended."""
    if found is None:
        return Wrote("found", NONE) if term.skus else Wrote("pushed")
    gets = found.code_discount.customer_gets if found.code_discount else None
    variants = gets.items.product_variants if gets and gets.items else None
    held = [bare(node.id) for node in variants.nodes if node.id is not None] if variants else []
    return Wrote("found", f"{bare(found.id)}:{','.join(held)}")
